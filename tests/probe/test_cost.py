from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.probe import cost

TIMES = "0m0.010000s 0m0.020000s\n1m0.100000s 0m2.000000s\n"
TAIL = "S 1 2 2 0 -1 4194560 1 0 0 0 {} 0 0 20 0 1 0 99 0 0"


def stat(name: str, ticks: str = "30 12") -> str:
    return f"4711 ({name}) {TAIL.format(ticks)}\n"


def test_the_shell_its_children_and_sshd_are_counted() -> None:
    assert cost.cpu_seconds(TIMES + stat("sshd")) == 62.55
    assert cost.cpu_seconds(TIMES + stat("sshd-session")) == 62.55
    assert cost.cpu_seconds(TIMES + stat("dropbear")) == 62.55


def test_a_parent_that_is_no_sshd_is_not_ours() -> None:
    assert cost.cpu_seconds(TIMES + stat("python3")) == 62.13
    assert cost.cpu_seconds(TIMES) == 62.13


def test_shells_spell_it_in_their_own_ways() -> None:
    # bash, dash, BusyBox and mksh, each as it prints it.
    assert cost.cpu_seconds("0m0.010s 0m0.020s\n0m0.000s 0m0.000s\n") == 0.03
    assert cost.cpu_seconds("0m0,01s 0m0,02s\n0m0,00s 0m0,00s\n") == 0.03
    assert cost.cpu_seconds("0m00.01s 0m00.02s\n0m00.00s 0m00.00s\n") == 0.03


@pytest.mark.parametrize("text", ["", "0m0.010s 0m0.020s\n", "times: not found"])
def test_what_is_not_told_is_unknown(text: str) -> None:
    assert cost.cpu_seconds(text) is None


@given(st.text())
def test_odd_text_is_read_without_a_fault(text: str) -> None:
    found = cost.cpu_seconds(TIMES + text)
    assert found is not None
    assert found >= 62.13


def test_forks_are_what_the_probe_counted() -> None:
    assert cost.forks(TIMES + stat("sshd") + "forks 1234\n") == 1234
    assert cost.forks(TIMES) is None


def test_odd_numbers_of_sshd_are_no_time() -> None:
    assert cost.cpu_seconds(TIMES + stat("sshd", "x -1")) == 62.13
