"""From a clean copy to an answer, in every way that can go wrong in between."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bootstrap.starting import Copy, Start, children, runs, signals
from tests.kit.pythons import every_python

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]


def lines(start: Start) -> list[str]:
    return [line for line in start.said.splitlines() if line.startswith("monserv: ")]


@pytest.mark.timed
def test_two_first_starts_at_once_make_one_set_up_and_one_server(clone: Copy) -> None:
    first = clone.start()
    first.wait_for("setting up")
    second = clone.start()
    second.wait_for("another start is setting up; waiting for it")
    # Both go on when the set-up is done, and either may be the quicker one.
    winner, loser = first_to_end(first, second)
    assert loser.process.returncode == 2
    assert f"(process {winner.process.pid})" in lines(loser)[-1]
    assert f"already runs on {clone.checkout / 'instance'}" in lines(loser)[-1]
    winner.wait_until_it_answers(60)
    told = [line.split()[1] for line in lines(first)]
    assert told[:3] == ["setting", "installing", "set"]
    data = clone.checkout / "instance"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert (data / "monserv.db").exists()
    assert not (clone.home / ".local").exists()
    code, seconds = winner.stop()
    assert (code, seconds < 3) == (0, True)
    again = clone.start()
    again.wait_until_it_answers(60)
    assert lines(again) == []


def first_to_end(one: Start, other: Start) -> tuple[Start, Start]:
    """Return the one that stays and the one that ended."""
    give_up_at = time.monotonic() + 120
    while time.monotonic() < give_up_at:
        if one.process.poll() is not None:
            return other, one
        if other.process.poll() is not None:
            return one, other
        time.sleep(0.05)
    raise AssertionError(one.said + other.said)


@pytest.mark.timed
def test_a_set_up_ends_at_a_signal_and_leaves_no_pip_behind(clone: Copy) -> None:
    start = clone.start()
    pid = start.process.pid
    start.wait_until(lambda: any(runs(child, "pip") for child in children(pid)), 60)
    (pip,) = children(pid)
    assert signals(pip, "SigBlk") == 0
    code, seconds = start.stop()
    assert (code, seconds < 3) == (0, True), f"{code} after {seconds:.1f} s: {start.said}"
    assert not Path(f"/proc/{pip}").exists()


def test_an_ordinary_user_with_a_read_only_checkout_has_a_place_of_his_own_and_may_begin_anew(
    nobody: Copy,
) -> None:
    before = sorted(path.name for path in nobody.checkout.iterdir())
    own = nobody.home / ".local" / "share" / "monserv"
    killed = nobody.start()
    killed.wait_for("installing")
    killed.kill()
    assert (own / "venv").exists()
    start = nobody.start()
    start.wait_until_it_answers()
    said = start.said
    told = [line for line in lines(start) if " goes to " not in line and " go to " not in line]
    assert [line.split()[1] for line in told] == ["setting", "installing", "set"]
    assert f"monserv: the packages go to {own / 'venv'} (MONSERV_VENV names another" in said
    assert f"monserv: the data goes to {own / 'instance'} (MONSERV_DATA_DIR names an" in said
    assert (own / "instance" / "monserv.db").stat().st_uid == 65534
    assert sorted(path.name for path in nobody.checkout.iterdir()) == before
    assert start.stop()[0] == 0


def test_where_the_packages_are_no_environment_is_made(here: Copy) -> None:
    start = here.start(MONSERV_VENV=str(here.home / "venv"))
    start.wait_until_it_answers(60)
    assert not (here.home / "venv").exists()


def test_what_cannot_be_installed_or_reached_is_one_line(clone: Copy, tmp_path: Path) -> None:
    start = clone.start(PIP_FIND_LINKS=tmp_path.as_uri())
    assert start.ends() == 2
    assert "There is no ready-made package (wheel) of " in lines(start)[-1]
    assert "Traceback" not in start.said
    start = clone.start(
        PIP_NO_INDEX="0",
        PIP_FIND_LINKS="",
        PIP_INDEX_URL="http://127.0.0.1:1/simple",
        PIP_EXTRA_INDEX_URL="",
        PIP_CONFIG_FILE=os.devnull,
        PIP_RETRIES="1",
    )
    assert start.ends() == 2
    assert "pip cannot reach its package index" in lines(start)[-1]
    assert "Traceback" not in start.said


def test_a_python_without_venv_says_what_to_type(clone: Copy, tmp_path: Path) -> None:
    # Debian's python3 without python3-venv has no ensurepip.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'ensurepip' else real(name, *rest)\n"
    )
    start = clone.start(PYTHONPATH=str(tmp_path))
    assert start.ends() == 2
    (line,) = lines(start)
    assert line.startswith("monserv: This Python cannot make virtual environments; ")
    assert not (clone.checkout / ".venv").exists()


if every_python():  # a set-up with each of them takes minutes, so it is asked for

    @pytest.mark.parametrize("python", every_python(), ids=lambda python: Path(python).parts[-3])
    def test_every_supported_python_sets_up_and_answers(
        clone: Copy, wheels: Callable[[str], Path], python: str
    ) -> None:
        clone.python = python
        start = clone.start()
        start.wait_until_it_answers()
        assert wheels(python).exists()
        assert start.stop()[0] == 0


def test_this_python_is_among_the_supported_ones() -> None:
    assert (3, 11) <= sys.version_info[:2] <= (3, 14)
