"""What is asked of the outbox's table; each function runs inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from monserv.db.tables.journal import transitions
from monserv.db.tables.outbox import deliveries
from monserv.model.alert import Kind, Severity
from monserv.model.delivery import (
    MAX_PAGE_SIZE,
    Delivery,
    DeliveryPage,
    DeliveryQuery,
    DeliveryState,
)

# What a delivery shares with the row of its transition.
_SHARED = (
    "event_id",
    "kind",
    "alert_id",
    "server_id",
    "server_url",
    "hostname",
    "severity",
    "subject",
    "message",
)
_MAX_OFFSET = 2**62
_PENDING = DeliveryState.PENDING.value
# Made once: each would be garbage that only a search for it finds.
_ended, _same = deliveries.alias("ended"), deliveries.alias("same")
_other = transitions.alias("other")
_INSERT = insert(deliveries)
_PROGRESS = ("state", "attempts", "due_at", "finished_at", "last_error")
_SETTLE = _INSERT.on_conflict_do_update(
    index_elements=["event_id", "kind", "channel"],
    set_={name: _INSERT.excluded[name] for name in _PROGRESS},
)


def enqueue(
    connection: Connection, told: Sequence[Mapping[str, Any]], channels: Sequence[str]
) -> None:
    """Write a delivery of each transition (as its row) to each channel, unless it is there."""
    found = [
        {name: row[name] for name in _SHARED}
        | {
            "channel": channel,
            "happened_at": row["at"],
            "due_at": row["at"],
            "state": _PENDING,
            "attempts": 0,
        }
        for row in told
        for channel in channels
    ]
    if found:
        connection.execute(_INSERT.on_conflict_do_nothing(), found)


def settle(connection: Connection, found: Sequence[Delivery]) -> None:
    """Write how far deliveries are, those too whose transition is not recorded yet."""
    if not found:
        return
    connection.execute(_SETTLE, [_row(one) for one in found])


def abandon(connection: Connection, channels: Sequence[str], reason: str, at: datetime) -> None:
    """Give up what is still to be told through channels that are no longer there."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.state == _PENDING, deliveries.c.channel.not_in(channels))
        .values(state=DeliveryState.FAILED.value, finished_at=at, last_error=reason)
    )


def unfinished(connection: Connection, channel: str, limit: int) -> tuple[Delivery, ...]:
    """Return the oldest deliveries of ``channel`` that are still to be tried."""
    found = connection.execute(
        select(deliveries)
        .where(deliveries.c.state == _PENDING, deliveries.c.channel == channel)
        .order_by(deliveries.c.sequence)
        .limit(limit)
    )
    return tuple(_delivery(row) for row in found)


def remembered(
    connection: Connection, channel: str, since: datetime, limit: int
) -> tuple[Delivery, ...]:
    """Return what decides about later deliveries of ``channel``, oldest first.

    That is what was finished after ``since``, what became of the alerts that are
    still open, and what an earlier process finished without having announced it.
    """
    is_over = (
        select(_ended.c.sequence)
        .where(
            _ended.c.event_id == deliveries.c.event_id,
            _ended.c.channel == deliveries.c.channel,
            _ended.c.kind == Kind.RECOVERED.value,
        )
        .exists()
    )
    found = connection.execute(
        select(deliveries)
        .where(
            deliveries.c.channel == channel,
            deliveries.c.state != _PENDING,
            or_(
                deliveries.c.finished_at >= since,
                and_(deliveries.c.kind == Kind.RAISED.value, ~is_over),
                _is_unannounced(),
            ),
        )
        .order_by(deliveries.c.sequence.desc())
        .limit(limit)
    )
    return tuple(_delivery(row) for row in reversed(found.all()))


def drop_old(connection: Connection, before: datetime, limit: int) -> int:
    """Forget the oldest of what was finished ``before``; return how many that were.

    What later deliveries are decided by stays: whether an alert that is still open was told,
    what is waited for with another of its episode, and what the next start announces again.
    """
    is_open = (
        select(transitions.c.sequence)
        .where(
            transitions.c.event_id == deliveries.c.event_id,
            transitions.c.kind == Kind.RAISED.value,
        )
        .exists()
        & ~select(_other.c.sequence)
        .where(_other.c.event_id == deliveries.c.event_id, _other.c.kind == Kind.RECOVERED.value)
        .exists()
    )
    is_awaited = (
        select(_same.c.sequence)
        .where(
            _same.c.event_id == deliveries.c.event_id,
            _same.c.channel == deliveries.c.channel,
            _same.c.state == _PENDING,
        )
        .exists()
    )
    old = (
        select(deliveries.c.sequence)
        .where(
            deliveries.c.finished_at < before,
            deliveries.c.state != _PENDING,
            ~is_open,
            ~is_awaited,
            ~_is_unannounced(),
        )
        .order_by(deliveries.c.finished_at)
        .limit(limit)
    )
    return connection.execute(delete(deliveries).where(deliveries.c.sequence.in_(old))).rowcount


def page(connection: Connection, query: DeliveryQuery) -> DeliveryPage:
    """Return one page of deliveries, newest first, and how many there are in all."""
    wanted = _filters(query)
    total = connection.execute(
        select(func.count()).select_from(deliveries).where(*wanted)
    ).scalar_one()
    size = max(0, min(query.page_size, MAX_PAGE_SIZE))
    found = connection.execute(
        select(deliveries)
        .where(*wanted)
        .order_by(deliveries.c.sequence.desc())
        .limit(size)
        .offset(min(max(0, query.page - 1) * size, _MAX_OFFSET))
    )
    return DeliveryPage(tuple(_delivery(row) for row in found), total)


def _filters(query: DeliveryQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.channel is not None:
        wanted.append(deliveries.c.channel == query.channel)
    if query.state is not None:
        wanted.append(deliveries.c.state == query.state.value)
    if query.server_ids is not None:
        wanted.append(deliveries.c.server_id.in_(sorted(query.server_ids)))
    return wanted


def _is_unannounced() -> ColumnElement[bool]:
    """Whether the next start announces the transition of a delivery again."""
    return (
        select(transitions.c.sequence)
        .where(
            transitions.c.announced_at.is_(None),
            transitions.c.event_id == deliveries.c.event_id,
            transitions.c.kind == deliveries.c.kind,
        )
        .exists()
    )


def _row(one: Delivery) -> dict[str, Any]:
    return {
        "event_id": one.event_id,
        "kind": one.kind.value,
        "channel": one.channel,
        "alert_id": one.alert_id,
        "server_id": one.server_id,
        "server_url": one.server_url,
        "hostname": one.hostname,
        "severity": one.severity.value,
        "subject": one.subject,
        "message": one.message,
        "happened_at": one.happened_at,
        "state": one.state.value,
        "attempts": one.attempts,
        "due_at": one.due_at,
        "finished_at": one.finished_at,
        "last_error": one.last_error,
    }


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(
        channel=row.channel,
        event_id=row.event_id,
        kind=Kind(row.kind),
        alert_id=row.alert_id,
        server_id=row.server_id,
        server_url=row.server_url,
        hostname=row.hostname,
        severity=Severity(row.severity),
        subject=row.subject,
        message=row.message,
        happened_at=row.happened_at,
        due_at=row.due_at,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        finished_at=row.finished_at,
        last_error=row.last_error,
    )
