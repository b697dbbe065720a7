"""A process that is killed at any instant loses no alert and tells none twice without need."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from monserv.db.journal import Journal
from tests.db.killing import Mortals, copied
from tests.db.world import Ears, Place, Process

LIVES = 20
MOST_LIVES = 150
Key = tuple[str, str]


class Diary:
    """What the killed processes noted."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / "diary").read_text().splitlines()
        self._notes = [(int(life), verb, words) for life, verb, *words in map(str.split, lines)]

    def announced(self, life: int) -> list[Key]:
        return [key for key, recorded in self._announced(life) if recorded == "True"]

    def unrecorded(self) -> list[Key]:
        lives = {life for life, _, _ in self._notes}
        told = [one for life in lives for one in self._announced(life)]
        return [key for key, recorded in told if recorded != "True"]

    def handed(self, life: int) -> list[Key]:
        return [(words[0], words[1]) for words in self._of(life, "handed")]

    def restored(self, life: int) -> set[str]:
        return {words[0] for words in self._of(life, "restored")}

    def began(self, life: int) -> bool:
        """Whether it lived on after noting what was restored."""
        return self._of(life, "began") != []

    def _announced(self, life: int) -> list[tuple[Key, str]]:
        return [((words[0], words[1]), words[2]) for words in self._of(life, "announced")]

    def _of(self, life: int, verb: str) -> list[list[str]]:
        return [words for one, said, words in self._notes if (one, said) == (life, verb)]


def active(place: Place) -> set[str]:
    ended = {event_id for event_id, kind in place.rows() if kind == "recovery"}
    return {event_id for event_id, _ in place.rows()} - ended


@pytest.mark.real
@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["plain", "green"])
def test_each_transition_is_kept_once_and_announced_again_only_without_its_receipt(
    place: Place, tmp_path: Path, kind: str
) -> None:
    folder, chance = place.path.parent, random.Random(kind)
    unsaid: list[Key] = []
    told_again = 0
    open_before: set[str] = set()
    with Mortals(folder, kind) as mortals:
        # On a busy machine few are killed between row and receipt: then there are more lives.
        life = 0
        while life < LIVES or told_again <= LIVES:
            life += 1
            assert life <= MOST_LIVES
            mortals.kill_after(chance.uniform(0.01, 0.3), "live", life)
            found = copied(place, tmp_path / "copy")
            rows, diary = found.rows(), Diary(folder)
            told, own = diary.announced(life), set(diary.handed(life))
            again = [key for key in told if key not in own]
            assert again == unsaid[: len(again)]
            told_again += len(again)
            assert diary.restored(life) <= open_before
            assert diary.restored(life) == open_before or not diary.began(life)
            assert set(told) <= set(rows)
            assert len(rows) == len(set(rows))
            assert found.ask("PRAGMA integrity_check") == [("ok",)]
            unsaid, open_before = found.without_receipt(), active(found)
        last = life + 1
        assert mortals.run("rest", last) == 0

    diary = Diary(folder)
    lives = range(1, last + 1)
    assert diary.announced(last)[: len(unsaid)] == unsaid
    assert diary.restored(last) == open_before
    assert diary.unrecorded() == []
    everything = {key for life in lives for key in diary.announced(life)}
    assert len(everything) > told_again > LIVES
    assert sorted(everything) == sorted(place.rows())
    assert place.without_receipt() == []


@pytest.mark.real
def test_alerts_that_were_active_when_the_process_was_killed_are_active_at_the_next_start(
    place: Place, process: Process, ears: Ears, tmp_path: Path
) -> None:
    lives = itertools.count(1)
    with Mortals(place.path.parent) as mortals:
        # On a busy machine a life may be too short to raise any.
        while not active(copied(place, tmp_path / "copy")):
            mortals.kill_after(0.3, "live", next(lives))
    journal: Journal = process.begin(ears)
    restored = journal.active_alerts()
    assert {alert.event_id for alert in restored} == active(place) != set()
