"""A process that is killed at any instant forgets to tell nobody of anything that it recorded."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from tests.db.killing import Mortals, copied
from tests.db.world import Place

LIVES = 15
Key = tuple[str, str]


def told(folder: Path, life: int | None = None) -> list[Key]:
    """Return what the channel was given, in all lives or in one."""
    lines = [line.split() for line in (folder / "diary").read_text().splitlines()]
    return [
        (words[0], words[1])
        for number, verb, *words in lines
        if verb == "told" and life in {None, int(number)}
    ]


def has_begun(folder: Path, life: int) -> bool:
    return f"\n{life} handed " in f"\n{(folder / 'diary').read_text()}"


def found(place: Place, state: str) -> set[Key]:
    return set(place.ask(f"SELECT event_id, kind FROM deliveries WHERE state = '{state}'"))


@pytest.mark.real
@pytest.mark.parametrize("kind", ["plain", "green"])
def test_all_that_is_recorded_is_told_and_nothing_again_whose_receipt_was_written(
    place: Place, tmp_path: Path, kind: str
) -> None:
    folder, chance = place.path.parent, random.Random(kind)
    (folder / "diary").touch()
    receipts: set[Key] = set()
    with Mortals(folder, kind) as mortals:
        for life in range(1, LIVES + 1):
            # Some are killed while they begin, and most while they tell.
            begun = partial(has_begun, folder, life) if life % 3 else lambda: True
            mortals.kill_after(chance.uniform(0.05, 0.4), "tell", life, begun)
            copy = copied(place, tmp_path / "copy")
            assert set(copy.rows()) == found(copy, "pending") | found(copy, "sent")
            assert not receipts & set(told(folder, life))
            receipts = found(copy, "sent")
            assert copy.ask("PRAGMA integrity_check") == [("ok",)]
        assert mortals.run("told", LIVES + 1) == 0
    assert not receipts & set(told(folder, LIVES + 1))
    assert set(place.rows()) == found(place, "sent") == set(told(folder))
    assert len(place.rows()) > LIVES
    assert len(receipts) > LIVES
    # Between an attempt and its receipt there is an instant in which a kill repeats it.
    assert len(told(folder)) - len(set(told(folder))) <= 5 * LIVES
