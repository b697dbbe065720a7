from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.turns import Turns

pytestmark = pytest.mark.real  # gevent's threads would all wait in one system call


class Waiting:
    """Somebody who waits for a turn."""

    def __init__(self, turns: Turns, *, is_alone: bool) -> None:
        self._has_turn = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(turns, is_alone), daemon=True)
        self._thread.start()

    def _run(self, turns: Turns, is_alone: bool) -> None:
        turns.begin(is_alone=is_alone)
        self._has_turn.set()

    def comes_in(self, within_seconds: float = 30.0) -> bool:
        return self._has_turn.wait(within_seconds)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Turns]]:
    made = [Turns(tmp_path) for _ in range(3)]
    yield made
    for turns in made:
        turns.close()


def test_most_run_side_by_side(three: list[Turns]) -> None:
    assert all(Waiting(turns, is_alone=False).comes_in() for turns in three)


def test_one_who_is_alone_waits_for_the_others_and_they_for_him(three: list[Turns]) -> None:
    one, other, alone = three
    one.begin(is_alone=False)
    last = Waiting(alone, is_alone=True)
    assert not last.comes_in(0.1)
    # Whoever comes later does not overtake him.
    later = Waiting(other, is_alone=False)
    assert not later.comes_in(0.1)
    one.end()
    assert last.comes_in()
    assert not later.comes_in(0.1)
    alone.end()
    assert later.comes_in()


def test_one_who_stays_alone_lets_nobody_in_between(three: list[Turns]) -> None:
    alone, other, _ = three
    alone.begin(is_alone=True)
    waiting = Waiting(other, is_alone=False)
    alone.begin(is_alone=True)
    assert not waiting.comes_in(0.1)
    alone.end()
    assert waiting.comes_in()
