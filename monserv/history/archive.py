"""Answers what was: from memory for the last fifteen minutes, from the database before."""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from monserv.clock import Clock
from monserv.db import rollups
from monserv.db.engine import Connection, Database
from monserv.errors import StorageError
from monserv.history import choice
from monserv.history.choice import Choice, Wish
from monserv.model.rollup import (
    METRICS,
    MINUTE,
    Curve,
    Group,
    Retention,
    RollupQuery,
    Rollups,
    Tier,
)
from monserv.model.server import Server
from monserv.series import minutes, recent
from monserv.series.blocks import Block
from monserv.series.curves import Found, Track
from monserv.series.ring import Ring
from monserv.series.trends import SPAN_SECONDS, Trends

log = logging.getLogger(__name__)

READ_SECONDS = 5.0
MEMORY = "memory"

# A series of one server: its group and its mount point.
Name = tuple[Group, str]
Tail = Mapping[Name, list[tuple[int, bytes]]]


class Archive:
    """The history of servers; safe for threads."""

    def __init__(
        self,
        database: Database,
        trends: Trends,
        clock: Clock,
        retention: Retention,
        interval_seconds: float,
    ) -> None:
        self._database = database
        self._trends = trends
        self._clock = clock
        self._interval_seconds = interval_seconds
        self.retention = retention

    def query(self, server: Server, query: RollupQuery) -> Rollups:
        """Return what is known of a server; raises ``StorageError``.

        What lies in the future is left out.
        """
        now = self._clock.now().timestamp()
        start = max(0.0, query.start.timestamp())
        end = max(start, min(query.end.timestamp(), now))
        wish = Wish(start, end, query.max_points, query.step_seconds)
        tiers = choice.from_tiers(wish, now, self.retention, self._interval_seconds)
        is_recent = start >= now - SPAN_SECONDS - 2 * self._interval_seconds
        is_fine = (query.step_seconds or 0) < MINUTE.step_seconds
        if tiers is None or tiers.tier is None:
            return self._recent(server, query, wish)
        if not (is_recent and is_fine):
            return self._stored(server, query, wish, tiers, tiers.tier)
        since = self._trends.look(server.id, Ring.begin) or now
        if since > start + MINUTE.step_seconds:
            try:
                stored = self._stored(server, query, wish, tiers, tiers.tier)
            except StorageError as error:
                log.warning("history before this start is shown as a gap: %s", error)
            else:
                # It is coarser, and better than a gap.
                if _knows_more(stored, since):
                    return stored
        return self._recent(server, query, wish)

    def _recent(self, server: Server, query: RollupQuery, wish: Wish) -> Rollups:
        chosen = choice.in_memory(wish, self._interval_seconds)
        read = partial(
            recent.read,
            since=wish.start,
            until=wish.end,
            edges=chosen.edges,
            metrics=query.metrics,
            disks=query.disks,
        )
        found = self._trends.look(server.id, read) or Found()
        step = self._interval_seconds if chosen.step_seconds is None else chosen.step_seconds
        return _answer(wish, step, MEMORY, found)

    def _stored(
        self, server: Server, query: RollupQuery, wish: Wish, chosen: Choice, tier: Tier
    ) -> Rollups:
        tail = self._trends.look(server.id, partial(_tail, tier=tier, until=wish.end)) or {}
        read = partial(
            _read,
            server=server,
            query=query,
            tier=tier,
            digest_slots=_digest_slots(tier, chosen),
            # What is older is deleted, sooner or later.
            since=max(wish.start, self._clock.now().timestamp() - self.retention.seconds(tier)),
            edges=chosen.edges,
            tail=tail,
        )
        found = self._database.browse(READ_SECONDS, read)
        return _answer(wish, chosen.step_seconds or tier.step_seconds, tier.name, found)


def _digest_slots(tier: Tier, chosen: Choice) -> int:
    """Return which digests are enough; all that one tells as one point is shown as one then."""
    step_slots = (chosen.step_seconds or tier.step_seconds) // tier.step_seconds
    is_enough = tier.digest_slots and step_slots % tier.digest_slots == 0
    return tier.digest_slots if is_enough else 0


def _knows_more(stored: Rollups, than_since: float) -> bool:
    """Return whether any whole step before that time has polls."""
    return any(
        polls and at.timestamp() + stored.step_seconds <= than_since
        for at, polls in zip(stored.at, stored.samples, strict=True)
    )


def _answer(wish: Wish, step_seconds: float, tier: str, found: Found) -> Rollups:
    return Rollups(
        start=datetime.fromtimestamp(wish.start, UTC),
        end=datetime.fromtimestamp(wish.end, UTC),
        step_seconds=step_seconds,
        tier=tier,
        at=[datetime.fromtimestamp(one, UTC) for one in found.at],
        samples=found.samples,
        metrics=found.metrics,
        disks=found.disks,
    )


def _tail(ring: Ring, tier: Tier, until: float) -> Tail:
    """Return the newest slots as memory has them: those that are not in the database yet.

    Longer slots than minutes are left out where memory does not reach to their beginning.
    """
    stamps = ring.stamps(ring.rows())
    found: defaultdict[Name, list[tuple[int, bytes]]] = defaultdict(list)
    if stamps:
        step = tier.step_seconds
        first = stamps[0] // step if tier is MINUTE else math.ceil(stamps[0] / step)
        for slot in range(int(first), int(until // step) + 1):
            for group, item, point in minutes.points(ring, slot * step, (slot + 1) * step):
                found[group, item].append((slot, point))
    return found


def _read(
    connection: Connection,
    *,
    server: Server,
    query: RollupQuery,
    tier: Tier,
    digest_slots: int,
    since: float,
    edges: Sequence[int],
    tail: Tail,
) -> Found:
    """Return polls and curves for each step; of disks those of which something is known."""
    known = rollups.of_server(connection, server.id, server.known_as)
    numbers = {(key.group, key.item): number for key, number in known.items()}
    wanted = _wanted(query, {*numbers, *tail})
    slots = range(int(since // tier.step_seconds), edges[-1] // tier.step_seconds)
    tracks = {name: Track(name[0], metrics) for name, metrics in wanted.items()}
    stored = {numbers[name]: tracks[name] for name in tracks if name in numbers}
    _fill(connection, tier, digest_slots, slots, stored)
    samples = [0] * (len(edges) - 1)
    server_curves: dict[str, Curve] = {}
    disk_curves: dict[str, dict[str, Curve]] = {}
    steps = [edge // tier.step_seconds for edge in edges]
    for name, track in tracks.items():
        for slot, point in tail.get(name, ()):
            if slot >= slots.start and (not track.slots or slot > track.slots[-1]):
                track.add_point(slot, point)
        bounds = track.bounds(steps)
        polls = track.samples(bounds)
        samples = list(map(max, samples, polls))
        curves = {metric: track.curve(metric, bounds) for metric in wanted[name]}
        if name[0] is not Group.DISK:
            server_curves |= curves
        elif any(polls):
            disk_curves[name[1]] = curves
    ordered = {metric: server_curves[metric] for metric in query.metrics if metric in server_curves}
    return Found(edges[:-1], samples, ordered, dict(sorted(disk_curves.items())))


def _wanted(query: RollupQuery, names: Iterable[Name]) -> dict[Name, list[str]]:
    """Return which metrics are wanted of which series."""
    found: dict[Name, list[str]] = {}
    for group, metrics in METRICS.items():
        mine = [metric for metric in query.metrics if metric in metrics]
        if mine and group is not Group.DISK:
            found[group, ""] = mine
        elif mine:
            for name in names:
                if name[0] is group and (query.disks is None or name[1] in query.disks):
                    found[name] = mine
    return found


def _fill(
    connection: Connection,
    tier: Tier,
    digest_slots: int,
    slots: range,
    tracks: Mapping[int, Track],
) -> None:
    """Add to each track what is stored of those slots, in the order of time."""
    wanted = sorted(tracks)
    blocks = range(slots.start // tier.block_slots, slots.stop // tier.block_slots + 1)
    packed = {
        (number, block): text
        for block, number, text in rollups.read_blocks(connection, tier.number, blocks, wanted)
    }
    newest: defaultdict[tuple[int, int], dict[int, bytes]] = defaultdict(dict)
    for slot, number, point in _points(connection, tier, blocks, wanted):
        newest[number, slot // tier.block_slots][slot % tier.block_slots] = point
    for number, block in sorted({*packed, *newest}):
        first = block * tier.block_slots
        points = newest.get((number, block))
        stored = _block(packed.get((number, block)), tier, 0 if points else digest_slots)
        if stored is not None and points is None:
            tracks[number].add_block(first, stored)
            continue
        # With both, the clock was put back, and what came then is newer.
        both = (stored.points() if stored is not None else {}) | (points or {})
        for offset in sorted(both):
            tracks[number].add_point(first + offset, both[offset])


def _block(text: bytes | None, tier: Tier, digest_slots: int) -> Block | None:
    if text is None:
        return None
    try:
        return Block(text, tier.block_slots, digest_slots)
    except ValueError as error:
        log.warning("%s; it is shown as a gap", error)
        return None


def _points(
    connection: Connection, tier: Tier, blocks: range, numbers: Sequence[int]
) -> list[tuple[int, int, bytes]]:
    """Return the points that are not packed yet; those are few."""
    oldest = rollups.oldest_point(connection, tier.number, blocks.start * tier.block_slots)
    if oldest is None:
        return []
    end = blocks.stop * tier.block_slots
    slots = range(max(oldest, blocks.start * tier.block_slots), end)
    return rollups.read_points(connection, tier.number, slots, numbers)
