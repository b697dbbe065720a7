from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kit.turns import Turns

pytestmark = pytest.mark.real  # gevent's threads would all wait in one system call


class Waiting:
    """Somebody who waits for a turn."""

    def __init__(self, turn: Callable[[], object]) -> None:
        self._turn = turn
        self._has_turn = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._turn()
        self._has_turn.set()

    def comes_in(self, within_seconds: float = 30.0) -> bool:
        return self._has_turn.wait(within_seconds)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Turns]]:
    made = [Turns(tmp_path) for _ in range(3)]
    yield made
    for turns in made:
        turns.close()


def test_all_run_side_by_side(three: list[Turns]) -> None:
    assert all(Waiting(turns.begin).comes_in() for turns in three)


def test_who_is_to_be_alone_waits_for_the_last_of_the_others(three: list[Turns]) -> None:
    one, other, alone = three
    for turns in three:
        turns.begin()
    last = Waiting(alone.wait_to_be_alone)
    one.end()
    assert not last.comes_in(0.1)
    other.close()  # as when a lane's process ends
    assert last.comes_in()


def test_two_are_alone_one_after_the_other(three: list[Turns]) -> None:
    one, other, late = three
    one.begin()
    other.begin()
    both = [Waiting(one.wait_to_be_alone), Waiting(other.wait_to_be_alone)]
    assert any(waiting.comes_in(0.5) for waiting in both)
    assert not all(waiting.comes_in(0.1) for waiting in both)
    third = Waiting(lambda: (late.begin(), late.end()))
    assert not third.comes_in(0.1)
    first, second = (0, 1) if both[0].comes_in(0) else (1, 0)
    three[first].end()
    assert both[second].comes_in()
    three[second].end()
    assert third.comes_in()
