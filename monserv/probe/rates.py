"""Rates of the network from two readings of the same server.

A counter that went backwards (a wrap, a driver that was reloaded) gives no rate
for that step: nothing is ever guessed. Time is the server's own uptime, so
neither the network nor anybody's wall clock can bend a rate.
"""

from __future__ import annotations

from collections.abc import Mapping

from monserv.model.later import LaterSequence
from monserv.model.made_often import maker
from monserv.model.sample import Interface, Network
from monserv.probe.interfaces import Row
from monserv.probe.text import clean

# Columns of what was received; those of what was sent follow in the same order.
_RECV = 0
_ERRORS = 2
_DROPS = 3
_SENT = 8

_new_network = maker(Network)


def network(
    before: Mapping[str, Row],
    after: Mapping[str, Row],
    hardware: frozenset[str],
    seconds: float,
) -> Network | None:
    """Return totals and rates; ``None`` when no time passed.

    Totals and rates count hardware interfaces, because bridges, bonds and
    virtual pairs carry the same bytes again; a machine without any (a
    container) counts all. An interface that is new counts from its second
    reading on; while none has one the rates are unknown, not zero.
    """
    if seconds <= 0:
        return None
    counted = [name for name in after if name in hardware] or list(after)
    recv = sent = total_recv = total_sent = 0
    is_known = not counted
    for name in counted:
        old, new = before.get(name), after[name]
        total_recv += new[_RECV]
        total_sent += new[_SENT]
        if old is not None and _is_later(old, new):
            recv += new[_RECV] - old[_RECV]
            sent += new[_SENT] - old[_SENT]
            is_known = True
    return _new_network(
        interfaces=LaterSequence(_interfaces, before, after, seconds),
        total_bytes_sent=total_sent,
        total_bytes_recv=total_recv,
        bytes_sent_rate=round(sent / seconds) if is_known else None,
        bytes_recv_rate=round(recv / seconds) if is_known else None,
    )


def _is_later(before: Row, after: Row) -> bool:
    return after[_RECV] >= before[_RECV] and after[_SENT] >= before[_SENT]


def _interfaces(
    before: Mapping[str, Row], after: Mapping[str, Row], seconds: float
) -> tuple[Interface, ...]:
    return tuple(_interface(name, before.get(name), row, seconds) for name, row in after.items())


def _interface(name: str, before: Row | None, after: Row, seconds: float) -> Interface:
    recv_rate = sent_rate = errors_rate = drops_rate = None
    if before is not None and _is_later(before, after):
        recv_rate = round((after[_RECV] - before[_RECV]) / seconds)
        sent_rate = round((after[_SENT] - before[_SENT]) / seconds)
        errors_rate = _both(before, after, _ERRORS, seconds)
        drops_rate = _both(before, after, _DROPS, seconds)
    return Interface(
        name=clean(name),
        bytes_recv=after[0],
        packets_recv=after[1],
        errors_in=after[2],
        drops_in=after[3],
        fifo_in=after[4],
        frame_in=after[5],
        compressed_in=after[6],
        multicast_in=after[7],
        bytes_sent=after[8],
        packets_sent=after[9],
        errors_out=after[10],
        drops_out=after[11],
        fifo_out=after[12],
        collisions_out=after[13],
        carrier_out=after[14],
        compressed_out=after[15],
        bytes_recv_rate=recv_rate,
        bytes_sent_rate=sent_rate,
        errors_rate=errors_rate,
        drops_rate=drops_rate,
    )


def _both(before: Row, after: Row, column: int, seconds: float) -> float | None:
    """Return the rate of a received column and its sent twin together."""
    received, sent = after[column] - before[column], after[column + _SENT] - before[column + _SENT]
    return (received + sent) / seconds if received >= 0 and sent >= 0 else None
