"""Percents and rates from two readings of the same server.

A counter that went backwards (a wrap, a driver that was reloaded) gives no rate
for that step: nothing is ever guessed. Time is the server's own uptime, so
neither the network nor anybody's wall clock can bend a rate.
"""

from __future__ import annotations

from collections.abc import Sequence

from monserv.model.sample import Interface, Network
from monserv.probe.procfs import CpuTimes


def cpu_percent(before: CpuTimes, after: CpuTimes) -> float | None:
    """Return the share of time not idle, 0 to 100; ``None`` when no time passed."""
    total = after.total_ticks - before.total_ticks
    # The kernel lets iowait step back a little now and then (proc(5)).
    idle = max(0, after.idle_ticks - before.idle_ticks)
    if total <= 0:
        return None
    # Rounding can end a hair above a hundred.
    return min(100.0, 100.0 * max(0, total - idle) / total)


def network(
    before: Sequence[Interface],
    after: Sequence[Interface],
    hardware: frozenset[str],
    seconds: float,
) -> Network | None:
    """Return totals and rates; ``None`` when no time passed.

    Totals and rates count hardware interfaces, because bridges, bonds and
    virtual pairs carry the same bytes again; a machine without any (a
    container) counts all. An interface that is new counts from its second
    reading on.
    """
    if seconds <= 0:
        return None
    counted = [row for row in after if row.name in hardware] or list(after)
    earlier = {row.name: row for row in before}
    sent = recv = 0
    for row in counted:
        old = earlier.get(row.name)
        if old is None or row.bytes_sent < old.bytes_sent or row.bytes_recv < old.bytes_recv:
            continue
        sent += row.bytes_sent - old.bytes_sent
        recv += row.bytes_recv - old.bytes_recv
    return Network(
        interfaces=tuple(after),
        total_bytes_sent=sum(row.bytes_sent for row in counted),
        total_bytes_recv=sum(row.bytes_recv for row in counted),
        bytes_sent_rate=round(sent / seconds),
        bytes_recv_rate=round(recv / seconds),
    )
