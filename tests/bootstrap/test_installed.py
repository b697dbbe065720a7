"""``pip install .``, and then ``monserv`` from any directory."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.db import version
from tests.bootstrap.installing import NEEDED, Workshop, contents, files
from tests.bootstrap.starting import CHECKOUT, Copy

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

AROUND = ("config.py", "wsgi.py", "gunicorn.conf.py", "requirements.txt")


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    folder = Path(tempfile.mkdtemp(prefix="monserv packed "))
    try:
        yield Workshop(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def environment(workshop: Workshop) -> Path:
    """A virtual environment in which nothing but monserv is installed."""
    return workshop.installed()


@pytest.fixture
def installed(environment: Path, tmp_path: Path) -> Iterator[Copy]:
    """What is installed, started from an empty directory by somebody new."""
    for name in ("empty", "home"):
        (tmp_path / name).mkdir()
    made = Copy(tmp_path / "empty", tmp_path / "home", str(environment / "bin" / "python"), None)
    made.settings["PYTHONPATH"] = NEEDED
    try:
        yield made
    finally:
        made.kill_all()


def said(installed: Copy, *words: str, code: int = 0, **settings: str) -> str:
    command = str(Path(installed.python).with_name("monserv"))
    start = installed.start(command, *words, **settings)
    assert start.ends(30) == code, start.said
    return start.said


def get(installed: Copy, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{installed.port}{path}", timeout=10) as answer:
        return bytes(answer.read())


def test_packing_takes_everything_along_and_leaves_the_checkout_clean(workshop: Workshop) -> None:
    wheel = contents(workshop.wheel(workshop.source))
    unpacked = workshop.unpacked_source_distribution()
    assert wheel == contents(workshop.wheel(unpacked))
    # From there, too, the other two commands start.
    needed = {"constraints.txt", "constraints-dev.txt", "requirements-dev.txt"}
    assert needed | {"tests/__main__.py"} <= files(unpacked).keys()
    assert files(workshop.source) == workshop.clean
    wanted = {f"monserv/{name}": data for name, data in files(CHECKOUT / "monserv").items()}
    for name in AROUND:
        wanted[f"monserv/_bundled/{name}"] = (CHECKOUT / name).read_bytes()
    for folder in ("locales", "migrations", "static", "templates"):
        for name, data in files(CHECKOUT / folder).items():
            wanted[f"monserv/_bundled/{folder}/{name}"] = data
    assert sorted(wheel) == sorted(wanted)
    assert wheel == wanted


def test_installing_leaves_the_checkout_clean_and_takes_no_common_name(
    workshop: Workshop, environment: Path
) -> None:
    assert files(workshop.source) == workshop.clean
    (packages,) = environment.glob("lib/python3.*/site-packages")
    names = sorted(path.name.partition("-")[0] for path in packages.iterdir())
    assert names == ["monserv", "monserv"]


def test_the_command_answers_from_anywhere(installed: Copy) -> None:
    assert said(installed) == said(installed, "--help")
    assert said(installed).startswith("Usage: monserv ")
    by_module = installed.start("-m", "monserv")
    assert (by_module.ends(30), by_module.said) == (0, said(installed))
    data = installed.home / ".local/share/monserv/instance"
    assert f"Data        {data}\n" in said(installed, "check")
    assert list(installed.checkout.iterdir()) == []


def test_without_its_packages_it_says_what_to_type(installed: Copy) -> None:
    line = said(installed, "run", code=2, PYTHONPATH="")
    assert line.startswith("monserv: This Python lacks what monserv needs; type: ")
    assert f"{installed.python} -m pip install " in line
    assert line.count("\n") == 1


@pytest.mark.timed
def test_it_serves_everything_and_its_data_lies_with_the_user(installed: Copy) -> None:
    # What lies in the current directory is settings, and never code.
    (installed.checkout / ".env").write_text("SERVERS='local://?name=from-here'\n")
    for name in ("config", "wsgi", "logging", "gunicorn", "monserv"):
        (installed.checkout / f"{name}.py").write_text("raise SystemExit('taken over')\n")
    before = files(installed.checkout)
    command = str(Path(installed.python).with_name("monserv"))
    start = installed.start(command, "run")
    start.wait_until_it_answers(60)
    page = get(installed, "/").decode()
    linked = re.findall(r'(?:href|src)="(/[^"]*\.(?:css|js|svg))', page)
    assert {Path(path).suffix for path in linked} == {".css", ".js", ".svg"}
    for path in linked:
        assert get(installed, path) != b""
    for name, data in files(CHECKOUT / "static").items():
        assert get(installed, f"/static/{name}") == data
    assert b"swagger" in get(installed, "/swagger/index.html")
    assert "/api/state" in json.loads(get(installed, "/swagger/doc.json"))["paths"]
    servers = json.loads(get(installed, "/api/v1/servers"))["data"]["servers"]
    assert [server["name"] for server in servers] == ["from-here"]
    data = installed.home / ".local/share/monserv/instance"
    with contextlib.closing(sqlite3.connect(data / "monserv.db")) as database:
        assert version.stored(data / "monserv.db", database) == version.CURRENT
    assert "1 server, every 4 s\n  local://  from-here\n" in said(installed, "check")
    line = said(installed, "run", code=2, MONSERV_DATA_DIR="elsewhere")
    assert f"type: SERVER_PORT={installed.port + 1} monserv run\n" in line
    assert "already runs on" in said(installed, "run", code=2)
    code, seconds = start.stop()
    assert (code, seconds < 3) == (0, True), start.said
    assert "Traceback" not in start.said
    shutil.rmtree(installed.checkout / "elsewhere")
    assert files(installed.checkout) == before


def test_a_current_directory_that_is_gone_is_one_sentence(installed: Copy) -> None:
    gone = 'cd "$(mktemp -d)" && rmdir "$PWD" && exec "$0" check'
    command = str(Path(installed.python).with_name("monserv"))
    installed.python = "sh"
    start = installed.start("-c", gone, command)
    assert start.ends(30) == 2
    assert start.said.endswith("monserv: The current directory is gone; change to another one\n")
