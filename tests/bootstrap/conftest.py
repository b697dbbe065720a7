"""Clean copies of the checkout, Pythons to start them with, and wheels at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bootstrap.starting import (
    CHECKOUT,
    NOT_IN_A_CLONE,
    Contained,
    Copy,
    Start,
    base_python,
    children,
    this_checkout,
)


@pytest.fixture(scope="session")
def yard() -> Iterator[Path]:
    """A folder with a space in its name that every user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="monserv clone "))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        _remove(folder)


@pytest.fixture(scope="session")
def wheels(yard: Path) -> Callable[[str], Path]:
    """Return where the wheels for an interpreter lie, fetched once, so that tests set up fast."""

    def fetch(python: str) -> Path:
        version = subprocess.check_output(
            [python, "-c", "import sys; print(*sys.version_info[:2])"], text=True
        )
        folder = yard / f"wheels {version.strip()}"
        if not folder.exists():
            command = [python, "-m", "pip", "download", "-q", "--only-binary", ":all:"]
            files = ["-r", "requirements.txt", "-c", "constraints.txt", "-d", str(folder)]
            subprocess.run([*command, *files], cwd=CHECKOUT, check=True, capture_output=True)
            for path in (folder, *folder.iterdir()):
                path.chmod(0o755)
        return folder

    return fetch


@pytest.fixture
def clone(yard: Path, wheels: Callable[[str], Path]) -> Iterator[Copy]:
    """A clean copy that has never been started, with an empty home beside it."""
    folder = Path(tempfile.mkdtemp(prefix="my server ", dir=yard))
    folder.chmod(0o755)
    checkout = folder / "monserv"
    shutil.copytree(CHECKOUT, checkout, ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE))
    made = Copy(checkout, folder / "home", base_python(), wheels)
    made.home.mkdir()
    try:
        yield made
    finally:
        made.kill_all()
        _remove(folder)


def _remove(folder: Path) -> None:
    # An environment has so many files that to remove them from here would take seconds.
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Copy]:
    """This very checkout with the interpreter that has everything, and data of its own."""
    with this_checkout(tmp_path) as made:
        yield made


@pytest.fixture
def nobody(clone: Copy) -> Copy:
    """The same copy, started by an ordinary user who may not write in it."""
    if os.geteuid() != 0:
        pytest.fail("Only root can start a program as somebody else: run as root", pytrace=False)
    shutil.chown(clone.home, 65534, 65534)
    clone.user = 65534
    return clone


@pytest.fixture
def contained(here: Copy) -> Contained:
    """Start it as process 1, as in a container."""
    if os.geteuid() != 0:
        pytest.fail("Only root can make a namespace of processes: run as root", pytrace=False)

    def start() -> tuple[Start, int]:
        start = here.start(prefix=("unshare", "--pid", "--fork", "--mount-proc"))
        start.wait_until(lambda: children(start.process.pid) != [], 30)
        (inner,) = children(start.process.pid)
        return start, inner

    return start
