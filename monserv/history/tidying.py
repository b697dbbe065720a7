"""Deletes what is older than its tier keeps, and the history of servers that are gone.

Little at a time, so that an alert never waits for it. The file does not shrink, and does
not grow either: what is freed is used again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from monserv.db import rollups
from monserv.db.engine import Connection, Database
from monserv.model.rollup import DAY_SECONDS, TIERS, Retention, Tier

TIMEOUT_SECONDS = 5.0
# Blocks, or series, that are deleted at once.
BLOCKS = 200
SERIES = 50
BLOCK_SPAN = 50
# A server that is watched no more may come back, with its history, for so long.
GONE_SECONDS = 7 * DAY_SECONDS
# Nothing is from later than this, unless the clock was wrong.
FUTURE_SECONDS = DAY_SECONDS

Identity = tuple[str, str]


class Tidier:
    """Used by one thread alone; every method raises ``StorageError``.

    ``pause`` is called between pieces of work, and says whether to go on.
    """

    def __init__(self, database: Database, retention: Retention, pause: Callable[[], bool]) -> None:
        self._database = database
        self._retention = retention
        self._pause = pause

    def drop_old(self, now_seconds: float) -> None:
        """Delete what is older than its tier keeps, and what the future is said to have been."""
        for tier in TIERS:
            oldest = now_seconds - self._retention.seconds(tier)
            before = int(oldest // tier.block_seconds)
            while self._pause():
                drop = partial(rollups.drop_blocks, tier=tier.number, before=before, limit=BLOCKS)
                if self._database.write(TIMEOUT_SECONDS, drop) < BLOCKS:
                    break
            future = now_seconds + FUTURE_SECONDS
            self._write(
                partial(
                    rollups.drop_future,
                    tier=tier.number,
                    slot=int(future // tier.step_seconds),
                    block=int(future // tier.block_seconds),
                )
            )

    def drop_gone(self, watched: frozenset[Identity], now_seconds: float) -> None:
        """Delete what servers have left that are watched no more, and mount points, too."""
        longest = max(self._retention.seconds(tier) for tier in TIERS)
        gone = self._unseen(now_seconds - GONE_SECONDS, watched)
        ended = self._unseen(now_seconds - longest - GONE_SECONDS, frozenset())
        numbers = sorted({*gone, *ended})
        for start in range(0, len(numbers), SERIES):
            if not self._forget(numbers[start : start + SERIES], int(now_seconds)):
                return

    def _unseen(self, before: float, watched: frozenset[Identity]) -> Sequence[int]:
        found = self._database.read(
            TIMEOUT_SECONDS, partial(rollups.unseen, before_seconds=int(before))
        )
        return [
            number for key, number in found.items() if (key.server_id, key.known_as) not in watched
        ]

    def _forget(self, numbers: Sequence[int], now: int) -> bool:
        """Delete all of some series; return whether all of it is deleted."""
        for tier in TIERS:
            newest = now // tier.block_seconds + 1
            oldest = self._database.read(
                TIMEOUT_SECONDS, partial(rollups.oldest_block, tier=tier.number)
            )
            for block in range(newest if oldest is None else oldest, newest, BLOCK_SPAN):
                if not self._pause():
                    return False
                blocks = range(block, min(newest, block + BLOCK_SPAN))
                self._write(partial(_drop_blocks, tier=tier, blocks=blocks, numbers=numbers))
            slots = range((newest - 2) * tier.block_slots, newest * tier.block_slots)
            self._write(
                partial(rollups.drop_series_points, tier=tier.number, slots=slots, numbers=numbers)
            )
        self._write(partial(rollups.drop_series, numbers=numbers))
        return True

    def _write(self, work: Callable[[Connection], None]) -> None:
        self._database.write(TIMEOUT_SECONDS, work)


def _drop_blocks(connection: Connection, tier: Tier, blocks: range, numbers: Sequence[int]) -> None:
    rollups.drop_series_blocks(connection, tier.number, blocks, numbers)
