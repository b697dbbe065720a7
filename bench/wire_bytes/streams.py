"""What the product would send of a simulated fleet: the same encoders, ledger and frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from bench.wire_bytes.fleet import Machine, fleet
from monserv.model.snapshot import Snapshot
from monserv.stream.entries import Item
from monserv.stream.selection import Selection
from monserv.stream.v2 import Ledger
from monserv.wire import legacy, messages
from monserv.wire.keyed import keyed

_EPOCH = "0f1e2d3c"


def states(count: int, polls: int) -> Iterator[bytes]:
    """Yield the first protocol's message of each interval."""
    machines = fleet(count)
    for number in range(polls):
        for machine in machines:
            machine.advance()
        views = {machine.name: machine.view() for machine in machines}
        snapshot = Snapshot(number, MappingProxyType(views))
        yield messages.metrics_update(legacy.encode(snapshot))


def deltas(count: int, polls: int, selection: Selection, at_once: int) -> Iterator[bytes]:
    """Yield what ``monserv.v2`` tells, of ``at_once`` samples with each delta."""
    machines = fleet(count)
    ledger = Ledger(_EPOCH)
    ledger.wake(lambda: _items(machines))
    for _ in range(polls):
        for start in range(0, count, at_once):
            sampled = machines[start : start + at_once]
            for machine in sampled:
                machine.advance()
            change = ledger.change(_items(sampled), 0.0)
            payload = change and ledger.update(change.steps, selection, is_whole=False)
            if payload:
                yield payload


def _items(machines: Sequence[Machine]) -> dict[str, Item]:
    return {
        machine.name: Item(machine.server.tags, keyed(machine.view()), machine.server.url)
        for machine in machines
    }
