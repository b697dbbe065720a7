"""Replayed servers are asked what real ones are, and their answers make samples."""

from __future__ import annotations

from bench.poll_cost.reading import compared
from bench.poll_cost.recording import record
from bench.poll_cost.replay import Replay


def test_replayed_servers_bring_samples_and_tell_what_they_cost() -> None:
    replay = Replay(record(1), 2)
    spent = []
    for _ in range(18):
        spent += [cost(index) for index in range(2) for cost in (replay.poll, replay.take)]
        spent.append(replay.advance())
    assert dict(replay.faults) == {}
    assert min(spent) > 0
    first, second = [sample.uptime_seconds for sample in replay.samples if sample is not None]
    assert second - first == 7, "each at another time of its life"


def test_what_two_checkouts_take_is_compared_part_by_part() -> None:
    ours, theirs = [(90.0, 10.0, 5.0), (110.0, 30.0, 5.0)], [(100.0, 20.0, 5.0)] * 2
    assert list(compared(ours, theirs)) == [
        "ratio: 1.000, 1.000 the median of a round: reading",
        "ratio: 1.000, 1.000 the median of a round: pipeline",
        "ratio: 1.000, 1.000 the median of a round: state message",
        "ratio: 1.000, 1.000 the median of a round: together",
    ]
    assert next(compared(ours[:1], theirs[:1])).startswith("ratio: 0.900, 0.900 ")
