"""How history ages: minutes become ten minutes and hours, and points become blocks.

Coarser points are made of the finer ones in the database, and a mark says how far: so a
process that ends at any instant loses nothing and counts nothing twice. What is read and
computed happens where the database is read; what is written is short, since an alert may
be waiting for it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TypeVar

from monserv.db import rollups
from monserv.db.engine import Connection, Database
from monserv.model.rollup import HOUR, TIERS, Group, Retention, Tier
from monserv.series.blocks import Block, packed
from monserv.series.points import combined

log = logging.getLogger(__name__)

T = TypeVar("T")

TIMEOUT_SECONDS = 5.0
# So many series are rolled up, or packed, at once: some ten milliseconds of work.
BATCH = 200
# Of a tier that is off so many slots are deleted at once.
DROPPED_SLOTS = 2


class Roller:
    """Used by one thread alone; every method raises ``StorageError``.

    ``pause`` is called between pieces of work, and says whether to go on.
    """

    def __init__(self, database: Database, retention: Retention, pause: Callable[[], bool]) -> None:
        self._database = database
        self._retention = retention
        self._pause = pause

    def roll(self, written: int) -> None:
        """Bring the coarser tiers up to ``written``, the first minute that is not written."""
        over = written
        for fine, coarse in pairwise(TIERS):
            over = over // _ratio(fine, coarse)
            self._roll(fine, coarse, over)

    def pack(self) -> None:
        """Put the points of blocks that are over, and have been rolled up, into blocks."""
        for tier in TIERS:
            limit = self._read(partial(_rolled, tier=tier))
            if self._retention.seconds(tier) > 0:
                self._pack(tier, limit)
            else:
                self._drop(tier, limit)

    def _roll(self, fine: Tier, coarse: Tier, over: int) -> None:
        ratio = _ratio(fine, coarse)
        slot = self._read(partial(rollups.mark, tier=coarse.number))
        while slot < over and self._pause():
            since = slot * ratio
            oldest = self._read(partial(rollups.oldest_point, tier=fine.number, since=since))
            slot = over if oldest is None else min(over, oldest // ratio)
            if slot < over:
                if not self._roll_slot(fine, coarse, slot):
                    return
                slot += 1
            self._write(partial(rollups.set_mark, tier=coarse.number, slot=slot))
        if slot > over:
            # The clock was put back; what comes now is rolled up again.
            self._write(partial(rollups.set_mark, tier=coarse.number, slot=over))

    def _roll_slot(self, fine: Tier, coarse: Tier, slot: int) -> bool:
        """Make one coarse slot; return whether all of it was made."""
        ratio = _ratio(fine, coarse)
        slots = range(slot * ratio, (slot + 1) * ratio)
        for groups in self._batches():
            made = self._read(partial(_coarser, tier=fine.number, slots=slots, groups=groups))
            rows = [(slot, number, point) for number, point in made.items()]
            self._write(partial(rollups.store_points, tier=coarse.number, rows=rows))
            if not self._pause():
                return False
        return True

    def _pack(self, tier: Tier, limit: int) -> None:
        while self._pause():
            oldest = self._read(partial(rollups.oldest_point, tier=tier.number))
            if oldest is None:
                return
            block = oldest // tier.block_slots
            if (block + 1) * tier.block_slots > limit or not self._pack_block(tier, block):
                return

    def _pack_block(self, tier: Tier, block: int) -> bool:
        """Pack one block of all series; return whether all of them were."""
        slots = range(block * tier.block_slots, (block + 1) * tier.block_slots)
        for groups in self._batches():
            numbers = sorted(groups)
            made = self._read(partial(_blocks, tier=tier, place=block, groups=groups))
            self._write(partial(_replace, tier=tier, block=block, made=made, numbers=numbers))
            if not self._pause():
                return False
        # Points of series that are gone.
        self._write(partial(rollups.drop_points, tier=tier.number, slots=slots))
        return True

    def _drop(self, tier: Tier, limit: int) -> None:
        while self._pause():
            oldest = self._read(partial(rollups.oldest_point, tier=tier.number))
            if oldest is None or oldest >= limit:
                return
            slots = range(oldest, min(limit, oldest + DROPPED_SLOTS))
            self._write(partial(rollups.drop_points, tier=tier.number, slots=slots))

    def _batches(self) -> Iterator[Mapping[int, Group]]:
        """Return the numbers of all series with their groups, some at a time."""
        ordered = list(self._read(rollups.groups).items())
        for start in range(0, len(ordered), BATCH):
            yield dict(ordered[start : start + BATCH])

    def _read(self, work: Callable[[Connection], T]) -> T:
        return self._database.read(TIMEOUT_SECONDS, work)

    def _write(self, work: Callable[[Connection], None]) -> None:
        self._database.write(TIMEOUT_SECONDS, work)


def _ratio(fine: Tier, coarse: Tier) -> int:
    return coarse.step_seconds // fine.step_seconds


def _rolled(connection: Connection, tier: Tier) -> int:
    """Return up to which slot of ``tier`` nothing needs its points any more."""
    coarser = TIERS[min(tier.number + 1, HOUR.number)]
    return rollups.mark(connection, coarser.number) * _ratio(tier, coarser)


def _coarser(
    connection: Connection, tier: int, slots: range, groups: Mapping[int, Group]
) -> dict[int, bytes]:
    """Return what the points of some slots are together, by the number of their series."""
    found: defaultdict[int, list[bytes]] = defaultdict(list)
    for _, number, point in rollups.read_points(connection, tier, slots, sorted(groups)):
        if number in groups:
            found[number].append(point)
    return {number: combined(groups[number], points) for number, points in found.items()}


def _blocks(
    connection: Connection, tier: Tier, place: int, groups: Mapping[int, Group]
) -> dict[int, bytes]:
    """Return the blocks of some series: what was packed before, and their points over it."""
    first, numbers = place * tier.block_slots, sorted(groups)
    found: defaultdict[int, dict[int, bytes]] = defaultdict(dict)
    stored = rollups.read_blocks(connection, tier.number, range(place, place + 1), numbers)
    for _, number, text in stored:
        found[number] = _points(text, tier)
    slots = range(first, first + tier.block_slots)
    changed = set()
    for slot, number, point in rollups.read_points(connection, tier.number, slots, numbers):
        if number in groups:
            found[number][slot - first] = point
            changed.add(number)
    return {number: block(groups[number], found[number], tier) for number in sorted(changed)}


def block(group: Group, points: Mapping[int, bytes], tier: Tier) -> bytes:
    """Return points, which are by their number in it, as a block with its digest."""
    digest: defaultdict[int, list[bytes]] = defaultdict(list)
    if tier.digest_slots:
        for slot, point in points.items():
            digest[slot // tier.digest_slots].append(point)
    combs = {place: combined(group, those) for place, those in digest.items()}
    return packed(points, tier.block_slots, combs)


def _points(text: bytes, tier: Tier) -> dict[int, bytes]:
    """Return the points of a block by their number in it; none of one that is damaged."""
    try:
        return Block(text, tier.block_slots).points()
    except ValueError as error:
        log.warning("%s; what it held is lost", error)
        return {}


def _replace(
    connection: Connection,
    tier: Tier,
    block: int,
    made: Mapping[int, bytes],
    numbers: Sequence[int],
) -> None:
    """Write blocks in place of the points that they are made of."""
    first, end = block * tier.block_slots, (block + 1) * tier.block_slots
    rollups.store_blocks(connection, tier.number, block, made, end * tier.step_seconds)
    rollups.drop_points(connection, tier.number, range(first, end), numbers)
