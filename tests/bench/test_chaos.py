"""What a client of the chaos knows, and what it calls a fault."""

from __future__ import annotations

import json
from typing import Any

from bench.chaos.knowledge import Knowledge


def told(known: Knowledge, kind: str, seq: int, **more: Any) -> list[str]:
    known.take(json.dumps({"type": kind, "epoch": "e", "seq": seq, **more}))
    return known.faults


def started(seq: int) -> Knowledge:
    known = Knowledge()
    told(known, "snapshot", seq, servers={}, alerts=[])
    return known


def test_a_delta_that_is_older_than_what_is_known_is_a_fault() -> None:
    assert told(started(7), "delta", 6, servers={}) == ["delta 6 came after 7"]


def test_what_was_asked_for_may_come_after_what_nobody_asked_for_once() -> None:
    known = started(7)
    assert known.resume() == {"type": "resume", "epoch": "e", "seq": 7}
    # The server had not heard of it yet.
    assert told(known, "snapshot", 30, servers={}, alerts=[]) == []
    assert told(known, "delta", 31, servers={}) == []
    assert told(known, "delta", 8, servers={}) == []
    assert told(known, "delta", 31, servers={}) == []
    assert told(known, "delta", 9, servers={}) == ["delta 9 came after 31"]


def test_nothing_comes_from_before_the_place_where_it_was_to_go_on() -> None:
    known = started(7)
    known.resume()
    told(known, "snapshot", 30, servers={}, alerts=[])
    assert told(known, "delta", 7, servers={}) == ["delta 7 came after 30"]
