from __future__ import annotations

import pytest

from monserv.stream import ring as module
from monserv.stream.entries import News
from monserv.stream.ring import Ring


def news(seq: int, at: float = 0.0, size: int = 10) -> News:
    return News(seq, at, None, frozenset(), b"x" * size)


def remembered(ring: Ring) -> list[int]:
    return [entry.seq for entry in ring.after(ring.base)]


def test_what_happened_after_a_seq_comes_in_its_order() -> None:
    ring = Ring()
    ring.begin(3)
    for seq in (4, 5, 6):
        ring.add(news(seq))

    assert [entry.seq for entry in ring.after(4)] == [5, 6]
    assert (ring.base, remembered(ring), list(ring.after(6))) == (3, [4, 5, 6], [])


def test_what_is_older_than_five_minutes_is_forgotten() -> None:
    ring = Ring()
    for seq, at in ((1, 0.0), (2, 1.0), (3, 300.5)):
        ring.add(news(seq, at))

    assert (ring.base, remembered(ring)) == (1, [2, 3])


def test_bytes_and_numbers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    for seq in range(1, 5):
        ring.add(news(seq, size=6 * 1024 * 1024))
    assert (ring.base, remembered(ring)) == (2, [3, 4])

    monkeypatch.setattr(module, "MAX_ENTRIES", 1)
    ring.add(news(5))
    assert (ring.base, remembered(ring)) == (4, [5])


def test_a_new_beginning_remembers_nothing() -> None:
    ring = Ring()
    ring.add(news(1))
    ring.begin(7)
    assert (ring.base, remembered(ring)) == (7, [])
