"""What is asked of the journal's table; each function runs inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from monserv.db import outbox, rows
from monserv.db.rows import Entry
from monserv.db.tables.journal import transitions
from monserv.model.alert import Alert, Kind, Transition
from monserv.model.history import MAX_PAGE_SIZE, HistoryPage, HistoryQuery

_raised = transitions.alias("raised")
_recovered = transitions.alias("recovered")
_episodes = _raised.outerjoin(
    _recovered,
    and_(
        _recovered.c.event_id == _raised.c.event_id,
        _recovered.c.kind == Kind.RECOVERED.value,
    ),
)
_EPISODE = (
    *_raised.c,
    _recovered.c.at.label("resolved_at"),
    _recovered.c.resolution.label("resolved_as"),
)
_mine = transitions.alias("mine")
# Made once: each would be garbage that only a search for it finds.
_INSERT = insert(transitions)
_OPEN = _INSERT.on_conflict_do_nothing()
_RECORD = _INSERT.on_conflict_do_update(
    index_elements=["event_id", "kind"],
    set_={"announced_at": func.coalesce(transitions.c.announced_at, _INSERT.excluded.announced_at)},
)
# SQLite's integers end there; no page lies beyond.
_MAX_OFFSET = 2**62


def store(connection: Connection, entries: Sequence[Entry], channels: Sequence[str] = ()) -> None:
    """Write what is not yet there, and the receipts; the same entries again change nothing.

    What ``channels`` are to be told of them is written with them.
    """
    present = {
        entry.transition.alert.event_id for entry in entries if entry.transition.kind is Kind.RAISED
    }
    openings = [
        rows.opening(entry)
        for entry in entries
        if entry.transition.kind is Kind.RECOVERED
        and entry.transition.alert.event_id not in present
    ]
    if openings:
        connection.execute(_OPEN, openings)
    if entries:
        written = [rows.row(entry) for entry in entries]
        connection.execute(_RECORD, written)
        outbox.enqueue(connection, written, channels)


def unannounced(connection: Connection, limit: int) -> tuple[Transition, ...]:
    """Return what was recorded but has no receipt, in the order in which it was recorded."""
    found = connection.execute(
        select(
            *_raised.c,
            _mine.c.kind.label("own_kind"),
            _mine.c.at.label("own_at"),
            _mine.c.subject.label("own_subject"),
            _mine.c.message.label("own_message"),
            _mine.c.reason.label("own_reason"),
            _mine.c.resolution.label("own_resolution"),
        )
        .join_from(_mine, _raised, _raised.c.event_id == _mine.c.event_id)
        .where(_raised.c.kind == Kind.RAISED.value, _mine.c.announced_at.is_(None))
        .order_by(_mine.c.sequence)
        .limit(limit)
    )
    return tuple(
        Transition(
            kind=Kind(row.own_kind),
            at=row.own_at,
            alert=rows.alert(
                row,
                row.own_at if row.own_kind == Kind.RECOVERED else None,
                row.own_resolution,
            ),
            subject=row.own_subject,
            message=row.own_message,
            reason=row.own_reason,
        )
        for row in found
    )


def active(connection: Connection) -> tuple[Alert, ...]:
    """Return the episodes that have no end yet, oldest first."""
    found = connection.execute(
        select(*_EPISODE)
        .select_from(_episodes)
        .where(_raised.c.kind == Kind.RAISED.value, _recovered.c.event_id.is_(None))
        .order_by(_raised.c.triggered_at, _raised.c.sequence)
    )
    return tuple(rows.alert(row, row.resolved_at, row.resolved_as) for row in found)


def history(connection: Connection, query: HistoryQuery) -> HistoryPage:
    """Return one page of episodes, newest first, and how many there are in all."""
    wanted = _filters(query)
    total = connection.execute(
        select(func.count()).select_from(_episodes).where(*wanted)
    ).scalar_one()
    size = max(0, min(query.page_size, MAX_PAGE_SIZE))
    found = connection.execute(
        select(*_EPISODE)
        .select_from(_episodes)
        .where(*wanted)
        .order_by(_raised.c.triggered_at.desc(), _raised.c.sequence.desc())
        .limit(size)
        .offset(min(max(0, query.page - 1) * size, _MAX_OFFSET))
    )
    alerts = tuple(rows.alert(row, row.resolved_at, row.resolved_as) for row in found)
    return HistoryPage(alerts=alerts, total=total)


def _filters(query: HistoryQuery) -> list[ColumnElement[bool]]:
    raised = _raised.c
    wanted = [raised.kind == Kind.RAISED.value]
    if query.active is not None:
        ended = _recovered.c.event_id
        wanted.append(ended.is_(None) if query.active else ended.is_not(None))
    if query.server_id is not None:
        wanted.append(raised.server_id == query.server_id)
    if query.seen_ids is not None:
        wanted.append(raised.server_id.in_(sorted(query.seen_ids)))
    if query.type is not None:
        wanted.append(raised.type == query.type.value)
    if query.severity is not None:
        wanted.append(raised.severity == query.severity.value)
    if query.triggered_from is not None:
        wanted.append(raised.triggered_at >= query.triggered_from)
    if query.triggered_to is not None:
        wanted.append(raised.triggered_at <= query.triggered_to)
    if query.text is not None:
        searched = (raised.subject, raised.message, raised.hostname, raised.server_id)
        wanted.append(or_(*(one.icontains(query.text, autoescape=True) for one in searched)))
    return wanted
