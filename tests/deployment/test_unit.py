"""The systemd unit: systemd understands it, and monserv works inside of what it allows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from monserv.settings import schema, sources
from monserv.setup import start
from tests.real.product import CHECKOUT, Product, wait_until

pytestmark = pytest.mark.real

UNIT = CHECKOUT / "docs" / "deployment" / "monserv.service"
SANDBOX = Path(__file__).with_name("sandbox.sh")
# The best is 0, the worst 100; systemd calls up to 50 "OK", and what has no word of it is 96.
WORST_EXPOSURE = 20


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with an interpreter that is here; where it will be, systemd would look, too."""
    path = tmp_path / UNIT.name
    text = UNIT.read_text()
    assert "ExecStart=/opt/monserv/.venv/bin/python wsgi.py\n" in text
    path.write_text(text.replace("/opt/monserv/.venv/bin/python", sys.executable))
    return path


def analyzed(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        ["systemd-analyze", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_systemd_finds_nothing_to_complain_about(unit: Path) -> None:
    assert analyzed("verify", str(unit)) == (0, "")


def test_systemd_finds_little_that_could_still_be_shut(unit: Path) -> None:
    code, said = analyzed("security", "--offline=yes", f"--threshold={WORST_EXPOSURE}", str(unit))
    assert code == 0, said


def test_a_refusal_is_not_tried_again_and_every_setting_exists() -> None:
    text = UNIT.read_text()
    assert f"RestartPreventExitStatus={start.REFUSED}\n" in text
    set_here = re.findall(r"^Environment=(\w+)=", text, re.MULTILINE)
    known = {*schema.NAMES, *(name + sources.FILE_SUFFIX for name in schema.SECRET_NAMES)}
    assert (len(set_here), set(set_here) - known) == (2, set())


def test_the_machine_itself_is_watched_from_inside_of_what_the_unit_allows(
    tmp_path: Path,
) -> None:
    if os.geteuid() != 0:
        pytest.fail("Only root can make a namespace of mounts: run as root", pytrace=False)
    product = Product(tmp_path, ["local://"], DISK_THRESHOLD_PERCENT="0.1")
    (tmp_path / "data").mkdir()
    try:
        product.start("unshare", "--mount", "sh", str(SANDBOX), str(tmp_path / "data"))
        state = wait_until(lambda: product.get("/api/state"), what="a sample")["local://"]
        ours = {one["pid"] for one in state["topProcsByMem"] if _is_ours(one["pid"], product)}
        assert {one["pid"] for one in state["topProcsByMem"]} - ours
        assert state["disks"]
        # A file system that really is read-only would not be alerted of.
        wait_until(lambda: "disk" in _alert_types(product), what="an alert of a disk")
        assert product.get("/readyz")["data"] == {"status": "ok"}
        assert product.stop()[0] == 0
    finally:
        product.kill()
    assert (tmp_path / "data" / "monserv.db").exists()
    assert "Traceback" not in product.log()


def _is_ours(pid: int, product: Product) -> bool:
    assert product.process is not None
    try:
        return os.getsid(pid) == product.process.pid
    except ProcessLookupError:
        return True


def _alert_types(product: Product) -> set[str]:
    return {alert["type"] for alert in product.data("/api/v1/alerts/active")}
