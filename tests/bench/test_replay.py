"""Replayed servers are asked what real ones are, and their answers make samples."""

from __future__ import annotations

from bench.poll_cost.recording import record
from bench.poll_cost.replay import Replay


def test_replayed_servers_bring_samples_and_tell_what_they_cost() -> None:
    replay = Replay(record(), 2)
    spent = []
    for _ in range(18):
        spent += [replay.poll(index) for index in range(2)]
        replay.advance()
    assert dict(replay.faults) == {}
    assert min(spent) > 0
    first, second = [sample.uptime_seconds for sample in replay.samples if sample is not None]
    assert second - first == 7, "each at another time of its life"
