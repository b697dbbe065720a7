"""Up to a newer version and back, with the commands of docs/DEPLOYMENT.md."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from monserv.db import migrate
from tests.db import upgrade
from tests.real.product import CHECKOUT, Product, wait_until

pytestmark = pytest.mark.real
PAGE = CHECKOUT / "docs" / "DEPLOYMENT.md"
NEWER = f"was written by a newer version of monserv ({upgrade.NEXT}); start that version, or"


def way_back(data: Path) -> str:
    """Return the commands of the page that bring the older database back, for ``data``."""
    (block,) = [
        block
        for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
        if ".before-0001" in block
    ]
    lines = [line for line in block.splitlines() if not line.startswith("systemctl ")]
    there = "\n".join(lines).replace("/var/lib/monserv", str(data))
    return there.replace(".before-0001", f".before-{upgrade.NOW}")


def recorded(product: Product) -> list[str]:
    return [alert["event_id"] for alert in product.data("/api/v1/alerts")["alerts"]]


@pytest.mark.timeout(180)  # three starts, one after the other
def test_the_kept_database_brings_an_older_version_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A memory that is always too full: an alert to be recorded.
    product = Product(tmp_path, ["local://"], MEM_THRESHOLD_PERCENT="0.1")
    data = tmp_path / "data"
    try:
        product.start()
        before = wait_until(lambda: recorded(product), what="a recorded alert")
        product.stop()

        with monkeypatch.context() as newer:
            upgrade.next_version(newer.setattr, tmp_path / "migrations")
            migrate.migrate(f"sqlite:///{data}/monserv.db")
        kept = data / f"monserv.db.before-{upgrade.NOW}"
        assert kept.exists()
        newest = (data / "monserv.db").read_bytes()

        product.start()
        assert NEWER in product.log()
        assert "watching goes on, alerts are told but not recorded" in product.log()
        wait_until(lambda: product.get("/api/state"), what="a sample without a database")
        product.stop()
        assert (data / "monserv.db").read_bytes() == newest

        subprocess.run(["sh", "-eu", "-c", way_back(data)], check=True)
        product.log_path.unlink()
        product.start()
        wait_until(lambda: product.get("/api/state"), what="a sample")
        assert recorded(product) == before
        assert product.get("/readyz")["data"] == {"status": "ok"}
        assert "ERROR" not in product.log()
        product.stop()
    finally:
        product.kill()
    assert (data / "newer" / "monserv.db").read_bytes() == newest
