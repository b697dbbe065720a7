"""What is asked of the tables of history; each function runs inside one transaction.

Every change may be done twice. Slots and blocks are numbers of a tier's steps and blocks
since 1970; ``tier`` is the tier's number. What a point or a block holds is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from monserv.db.fitting import fitted
from monserv.db.tables import rollups
from monserv.db.tables.columns import storable
from monserv.model.rollup import Group, SeriesKey

points, blocks, marks, series = rollups.points, rollups.blocks, rollups.marks, rollups.series

# Of one server so many series are shown.
MAX_SERIES = 80
# The numbers that a connection has learned; it is made anew after every error.
_KNOWN = "history_series"
_IDENTITY = (series.c.server_id, series.c.known_as, series.c.metrics, series.c.item)

# Thousands are written at once, each a tuple in the order of the table's columns: SQLAlchemy's own
# way takes longer over a row than SQLite does.
_UPSERT = insert(points)
_STORE_POINTS = str(
    _UPSERT.on_conflict_do_update(
        index_elements=["tier", "slot", "series"], set_={"point": _UPSERT.excluded.point}
    ).compile(dialect=sqlite.dialect())
)

# Made once: each would be garbage that only a search for it finds.
_BLOCK_UPSERT = insert(blocks)
_STORE_BLOCKS = _BLOCK_UPSERT.on_conflict_do_update(
    index_elements=["tier", "block", "series"],
    set_={"points": _BLOCK_UPSERT.excluded.points},
)


def numbered(
    connection: Connection, keys: Iterable[SeriesKey], now_seconds: int
) -> Mapping[SeriesKey, int]:
    """Return the number of each series; those that are new get one."""
    known: dict[SeriesKey, int] = connection.info.setdefault(_KNOWN, {})
    new = [key for key in keys if key not in known]
    if new:
        rows = [_identity(key) | {"seen_at": now_seconds} for key in new]
        connection.execute(insert(series).on_conflict_do_nothing(), rows)
        # Not all there are: of thousands of servers a hundred are written at a time.
        known.update(_series(connection, series.c.server_id.in_({one.server_id for one in new})))
        known.update({key: known[replace(key, item=storable(key.item))] for key in new})
    return known


def groups(connection: Connection) -> dict[int, Group]:
    """Return the group of each series, by the number of the series, in the order of numbers."""
    found = connection.execute(select(series.c.id, series.c.metrics).order_by(series.c.id))
    return {number: Group(metrics) for number, metrics in found}


def _series(connection: Connection, which: ColumnElement[bool]) -> dict[SeriesKey, int]:
    return {
        SeriesKey(row.server_id, row.known_as, Group(row.metrics), row.item): row.id
        for row in connection.execute(select(series.c.id, *_IDENTITY).where(which))
    }


def of_server(connection: Connection, server_id: str, known_as: str) -> dict[SeriesKey, int]:
    """Return the series of one server with their numbers, ``MAX_SERIES`` at most.

    Mount points come and go: those that were seen last are taken first.
    """
    mine = (series.c.server_id == server_id, series.c.known_as == known_as)
    found = connection.execute(
        select(series.c.id, *_IDENTITY)
        .where(*mine)
        .order_by(series.c.seen_at.desc())
        .limit(MAX_SERIES)
    )
    return {
        SeriesKey(row.server_id, row.known_as, Group(row.metrics), row.item): row.id
        for row in found
    }


def store_points(connection: Connection, tier: int, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Write points (slot, series, point); one that is there already is replaced."""
    written = [(tier, slot, number, point) for slot, number, point in rows]
    if written:
        connection.exec_driver_sql(_STORE_POINTS, written)


def read_points(
    connection: Connection, tier: int, slots: range, numbers: Sequence[int]
) -> list[tuple[int, int, bytes]]:
    """Return the points (slot, series, point) of some series, whose numbers are sorted."""
    # Numbers that lie near each other lie near each other in every slot.
    wanted = points.c.series.in_(numbers)
    if len(numbers) > MAX_SERIES:
        wanted = points.c.series.between(numbers[0], numbers[-1])
    found = connection.execute(
        select(points.c.slot, points.c.series, points.c.point)
        .where(points.c.tier == tier, points.c.slot.in_(slots), wanted)
        .order_by(points.c.slot)
    )
    return list(map(tuple, found))


def newest_points(connection: Connection, tier: int, slots: range) -> list[tuple[int, int, bytes]]:
    """Return the points (slot, series, point) of all series in some slots."""
    found = connection.execute(
        select(points.c.slot, points.c.series, points.c.point).where(
            points.c.tier == tier, points.c.slot.between(slots[0], slots[-1])
        )
    )
    return list(map(tuple, found))


def oldest_point(connection: Connection, tier: int, since: int = 0) -> int | None:
    """Return the first slot from ``since`` that has a point."""
    first = select(func.min(points.c.slot)).where(points.c.tier == tier, points.c.slot >= since)
    found: int | None = connection.execute(first).scalar_one()
    return found


def drop_points(
    connection: Connection, tier: int, slots: range, numbers: Sequence[int] | None = None
) -> None:
    """Delete the points of some slots: of the series from the first number to the last."""
    gone = delete(points).where(points.c.tier == tier, points.c.slot.in_(slots))
    if numbers is not None:
        gone = gone.where(points.c.series.between(numbers[0], numbers[-1]))
    connection.execute(gone)


def mark(connection: Connection, tier: int) -> int:
    """Return the first slot of a tier that is not made of the finer one yet."""
    found = connection.execute(select(marks.c.slot).where(marks.c.tier == tier)).scalar()
    return 0 if found is None else int(found)


def set_mark(connection: Connection, tier: int, slot: int) -> None:
    """Write down which slot of a tier is made next."""
    upsert = insert(marks).values(tier=tier, slot=slot)
    connection.execute(upsert.on_conflict_do_update(index_elements=["tier"], set_={"slot": slot}))


def store_blocks(
    connection: Connection, tier: int, block: int, stored: Mapping[int, bytes], seen_at: int
) -> None:
    """Write the blocks of some series; the series were seen until ``seen_at`` (seconds)."""
    if not stored:
        return
    rows = [
        {"tier": tier, "block": block, "series": number, "points": stored[number]}
        for number in fitted(stored)
    ]
    connection.execute(_STORE_BLOCKS, rows)
    see(connection, stored, seen_at)


def see(connection: Connection, numbers: Iterable[int], seen_at: int) -> None:
    """Write down that series were seen until ``seen_at`` (seconds)."""
    seen = update(series).where(series.c.id == bindparam("number"), series.c.seen_at < seen_at)
    connection.execute(seen.values(seen_at=seen_at), [{"number": number} for number in numbers])


def read_blocks(
    connection: Connection, tier: int, wanted: range, numbers: Sequence[int]
) -> list[tuple[int, int, bytes]]:
    """Return the blocks (block, series, text) of some series, in the order of time."""
    found = connection.execute(
        select(blocks.c.block, blocks.c.series, blocks.c.points)
        .where(blocks.c.tier == tier, blocks.c.block.in_(wanted), blocks.c.series.in_(numbers))
        .order_by(blocks.c.block)
    )
    return list(map(tuple, found))


def drop_blocks(connection: Connection, tier: int, before: int, limit: int) -> int:
    """Delete the oldest blocks before ``before``, ``limit`` at most; return how many."""
    old = (
        select(blocks.c.id)
        .where(blocks.c.tier == tier, blocks.c.block < before)
        .order_by(blocks.c.block)
        .limit(limit)
    )
    return connection.execute(delete(blocks).where(blocks.c.id.in_(old))).rowcount


def oldest_block(connection: Connection, tier: int) -> int | None:
    """Return the first block of a tier."""
    first = select(func.min(blocks.c.block)).where(blocks.c.tier == tier)
    found: int | None = connection.execute(first).scalar_one()
    return found


def unseen(connection: Connection, before_seconds: int) -> dict[SeriesKey, int]:
    """Return the series that were not seen since ``before_seconds``."""
    old = select(series.c.id, *_IDENTITY).where(series.c.seen_at < before_seconds)
    return {
        SeriesKey(row.server_id, row.known_as, Group(row.metrics), row.item): row.id
        for row in connection.execute(old)
    }


def drop_series_points(
    connection: Connection, tier: int, slots: range, numbers: Sequence[int]
) -> None:
    """Delete the points of some series in some slots."""
    connection.execute(
        delete(points).where(
            points.c.tier == tier, points.c.slot.in_(slots), points.c.series.in_(numbers)
        )
    )


def drop_future(connection: Connection, tier: int, slot: int, block: int) -> None:
    """Delete what is said to be from ``slot`` on, and from ``block`` on."""
    connection.execute(delete(points).where(points.c.tier == tier, points.c.slot >= slot))
    connection.execute(delete(blocks).where(blocks.c.tier == tier, blocks.c.block >= block))


def drop_series_blocks(
    connection: Connection, tier: int, wanted: range, numbers: Sequence[int]
) -> None:
    """Delete the blocks of some series among ``wanted``."""
    connection.execute(
        delete(blocks).where(
            blocks.c.tier == tier, blocks.c.block.in_(wanted), blocks.c.series.in_(numbers)
        )
    )


def drop_series(connection: Connection, numbers: Sequence[int]) -> None:
    """Delete series that have neither points nor blocks any more."""
    connection.execute(delete(series).where(series.c.id.in_(numbers)))
    connection.info.pop(_KNOWN, None)


def _identity(key: SeriesKey) -> dict[str, str]:
    return {
        "server_id": key.server_id,
        "known_as": key.known_as,
        "metrics": key.group.value,
        "item": key.item,
    }
