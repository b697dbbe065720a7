"""From where an answer is taken, and how far apart its points are; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monserv.model.rollup import DAY_SECONDS, TIERS, Retention, Tier

# Distances that a person reads easily; each is a whole number of the tiers' before it.
STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 1200, 1800),
    *(3600, 7200, 10800, 21600, 43200),
    *(days * DAY_SECONDS for days in (1, 2, 7, 14, 28)),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Edges between steps in seconds since 1970; ``tier`` ``None`` is memory.

    Without ``step_seconds`` each row in memory is a point.
    """

    tier: Tier | None
    step_seconds: int | None
    edges: Sequence[int]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, in seconds since 1970; ``step_seconds`` is the least step, if any.

    ``max_points`` is 3 or more.
    """

    start: float
    end: float
    max_points: int
    step_seconds: int | None


def in_memory(wish: Wish, interval_seconds: float) -> Choice:
    """Return how to answer from memory, where there is a row each ``interval_seconds``."""
    rows = (wish.end - wish.start) / interval_seconds
    if wish.step_seconds is None and rows < wish.max_points:
        return Choice(None, None, ())
    step = _step(wish, 1, max(wish.step_seconds or 0, math.ceil(interval_seconds)))
    return Choice(None, step, _edges(wish, step))


def from_tiers(
    wish: Wish, now: float, retention: Retention, interval_seconds: float
) -> Choice | None:
    """Return the tier that answers with the least work; ``None`` when none is kept.

    That is the coarsest one that is fine enough, if it reaches back as far as another
    one, else one that does.
    """
    kept = [tier for tier in TIERS if retention.seconds(tier) > 0]
    if not kept:
        return None
    least = max(wish.step_seconds or 0, math.ceil(interval_seconds))
    steps = {tier: _step(wish, tier.step_seconds, least) for tier in kept}
    finest = min(steps.values())
    fit = [tier for tier in kept if steps[tier] == finest]
    reaching = [tier for tier in fit if _reaches(tier, wish, now, retention)]
    if not reaching:
        reaching = [tier for tier in kept if _reaches(tier, wish, now, retention)][:1]
    if not reaching:
        reaching = [max(kept, key=retention.seconds)]
    tier = reaching[-1]
    return Choice(tier, steps[tier], _edges(wish, steps[tier]))


def _reaches(tier: Tier, wish: Wish, now: float, retention: Retention) -> bool:
    return wish.start >= now - retention.seconds(tier) - tier.step_seconds


def _step(wish: Wish, grain: int, least: int) -> int:
    """Return the shortest step, a multiple of ``grain``, that makes few enough points."""
    span = wish.end - wish.start
    wanted = max(least, span / wish.max_points)
    steps = [step for step in STEPS if step % grain == 0]
    if wish.step_seconds is not None:
        steps = [grain * math.ceil(wanted / grain)]
    for step in steps:
        if step >= wanted and _count(wish, step) <= wish.max_points:
            return step
    # Two more steps than the span has may be begun.
    coarse = grain if wish.step_seconds is not None else STEPS[-1]
    return coarse * math.ceil(max(wanted, span / (wish.max_points - 2)) / coarse)


def _count(wish: Wish, step: int) -> int:
    return math.ceil(wish.end / step) - int(wish.start // step)


def _edges(wish: Wish, step: int) -> Sequence[int]:
    first, last = int(wish.start // step), math.ceil(wish.end / step)
    return range(first * step, last * step + 1, step)
