"""``python3 -m monserv`` in a checkout, typed with the Python of the system."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.setup import start, usage
from tests.bootstrap.installing import NEEDED
from tests.bootstrap.starting import CHECKOUT, NOT_IN_A_CLONE, Copy

pytestmark = pytest.mark.real


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Copy]:
    """A clean copy, started by a Python that lacks what monserv needs."""
    (tmp_path / "home").mkdir()
    source = tmp_path / "checkout"
    shutil.copytree(CHECKOUT, source, ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    made = Copy(source, tmp_path / "home", str(tmp_path / "bare/bin/python"), None)
    try:
        yield made
    finally:
        made.kill_all()


def set_up(checkout: Path) -> None:
    """Leave ``.venv`` as the set-up does, with packages that lie elsewhere."""
    plan = start.plan(checkout, start.VENV, "", None)
    command = [sys.executable, "-m", "venv", "--without-pip", str(plan.directory)]
    subprocess.run(command, check=True)
    (packages,) = plan.directory.glob("lib/python3.*/site-packages")
    (packages / "elsewhere.pth").write_text(f"{NEEDED}\n")
    plan.finish()


def said(checkout: Copy, *words: str) -> str:
    start = checkout.start("-m", "monserv", *words)
    assert start.ends(30) == 0, start.said
    return start.said


def test_help_comes_before_the_set_up_and_every_command_after_it(checkout: Copy) -> None:
    before = said(checkout)
    assert usage.examples() in before
    assert "Nothing is set up yet" in before
    assert not (checkout.checkout / ".venv").exists()
    set_up(checkout.checkout)
    after = said(checkout)
    assert after.startswith("Usage: python3 -m monserv ")
    assert usage.examples() in after
    data = checkout.checkout / "instance"
    assert f"Data        {data}\n" in said(checkout, "check")
    assert not data.exists()


@pytest.mark.timed
def test_run_is_the_other_command_by_another_name(checkout: Copy) -> None:
    set_up(checkout.checkout)
    start = checkout.start("-m", "monserv", "run", "--log-level", "debug")
    start.wait_until_it_answers(60)
    assert (checkout.checkout / "instance" / "monserv.db").exists()
    code, seconds = start.stop()
    assert (code, seconds < 3) == (0, True), start.said
