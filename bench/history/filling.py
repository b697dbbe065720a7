"""A database as it is after two years of a thousand servers: every tier as full as it gets.

The numbers of a few machines are told as those of all. Blocks are written in the order in
which time makes them.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.history.load import MOUNTS, Machine
from bench.history.writing import server
from monserv.db.fitting import fitted
from monserv.history.rolling import BATCH, block
from monserv.model.rollup import TIERS, Group, Retention, Tier
from monserv.series import minutes
from monserv.series.gauges import gauges
from monserv.series.ring import Ring

KINDS = 8
Texts = Mapping[tuple[Group, str], bytes]
NOW = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
# An hour's point is made of fewer polls than it really is: its extremes are a little nearer.
_MOST_POLLS = 60
SERIES: Sequence[tuple[Group, str]] = (
    *((group, "") for group in Group if group is not Group.DISK),
    *((Group.DISK, mount) for mount in MOUNTS),
)


def fill(path: Path, servers: int, until: float = NOW) -> dict[str, float]:
    """Fill all tiers; return for each of them how many bytes a server's point takes."""
    retention = Retention()
    taken = {}
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF").fetchall()
        connection.executemany(
            "INSERT INTO history_series VALUES (?, ?, ?, ?, ?, ?)", _series(servers)
        )
        for tier in TIERS:
            before = _bytes(connection)
            blocks = int(retention.seconds(tier) // tier.block_seconds)
            last = int(until // tier.block_seconds)
            _fill_tier(connection, tier, range(last - blocks, last), servers)
            points = blocks * tier.block_slots * servers
            taken[tier.name] = (_bytes(connection) - before) / points
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return taken


def _series(servers: int) -> Iterator[tuple[int, str, str, str, str, int]]:
    for number in range(servers):
        one = server(number)
        for place, (group, item) in enumerate(SERIES):
            own = 1 + number * len(SERIES) + place
            yield own, one.id, one.known_as, group.value, item, int(NOW)


def _fill_tier(connection: sqlite3.Connection, tier: Tier, blocks: range, servers: int) -> None:
    texts = [_texts(Machine(seed), tier) for seed in range(KINDS)]
    for place in blocks:
        connection.execute("BEGIN")
        for start in range(0, servers * len(SERIES), BATCH):
            batch = range(start, min(start + BATCH, servers * len(SERIES)))
            found = {1 + one: _text(texts, one) for one in batch}
            connection.executemany(
                "INSERT INTO history_blocks (tier, block, series, points) VALUES (?, ?, ?, ?)",
                [(tier.number, place, one, found[one]) for one in fitted(found)],
            )
        connection.execute("COMMIT")


def _text(texts: Sequence[Texts], series: int) -> bytes:
    number, place = divmod(series, len(SERIES))
    return texts[number % KINDS][SERIES[place]]


def _texts(machine: Machine, tier: Tier) -> Texts:
    """Return a block of each series of a machine."""
    polls = min(_MOST_POLLS, tier.step_seconds // 4)
    seconds = tier.step_seconds / polls
    points: dict[tuple[Group, str], dict[int, bytes]] = {series: {} for series in SERIES}
    ring = Ring(polls)
    for slot in range(tier.block_slots):
        since = slot * tier.step_seconds
        for poll in range(polls):
            stamp = since + poll * seconds
            sample = machine.sample(datetime.fromtimestamp(stamp, UTC), seconds)
            used = ring.disk_use.percents(sample.disks)
            ring.add(stamp, gauges(sample, stamp, ring.disk_io), used)
        for group, item, point in minutes.points(ring, since, since + tier.step_seconds):
            points[group, item][slot] = point
    return {series: block(series[0], found, tier) for series, found in points.items()}


def _bytes(connection: sqlite3.Connection) -> int:
    used = connection.execute("SELECT page_count FROM pragma_page_count").fetchone()[0]
    free = connection.execute("SELECT freelist_count FROM pragma_freelist_count").fetchone()[0]
    size = connection.execute("SELECT page_size FROM pragma_page_size").fetchone()[0]
    return int((used - free) * size)
