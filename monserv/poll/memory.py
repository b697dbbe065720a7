"""The last value of each group of one server, its age, and why there is no newer one.

It outlives a session, so that a login that broke takes nothing away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monserv.model.later import LaterMapping
from monserv.model.made_often import made_often, maker
from monserv.model.quality import Group, GroupState, Quality
from monserv.probe.capabilities import NOT_YET, TOO_OLD, Shortcoming

# In cadences of its group; an older value says nothing of the present.
KEPT_CADENCES = 3


@made_often
@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    gone_at: float
    state: GroupState


_OK = Quality.OK
_NEVER_KEPT = _Kept(None, 0.0, GroupState(_OK, None))
_new_kept = maker(_Kept)
_new_state = maker(GroupState)


class Memory:
    """Values that last longer than a poll. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._kept: dict[Group, _Kept] = {}
        # What all of these are not too old for, or less.
        self._values: dict[Group, Any] = {}
        self._good_until = math.inf

    def keep(
        self, group: Group, value: object, cadence_seconds: float, now: float, at: datetime
    ) -> None:
        """Remember ``value``, read at ``at``."""
        gone_at = now + KEPT_CADENCES * cadence_seconds
        self._kept[group] = _new_kept(value, gone_at, _new_state(_OK, at))
        self._values[group] = value
        self._good_until = min(self._good_until, gone_at)

    def fail(self, group: Group, why: Shortcoming) -> None:
        """Note that there is no newer value; the last one is kept while it is of use."""
        kept = self._kept.get(group, _NEVER_KEPT)
        state = _new_state(why.quality, kept.state.at, why.reason, why.fix)
        if state != kept.state:
            self._kept[group] = replace(kept, state=state)

    def drop(self, group: Group) -> None:
        """Forget a group of which there is nothing to tell."""
        self._kept.pop(group, None)
        self._values.pop(group, None)

    def values(self, now: float) -> Mapping[Group, Any]:
        """Return the last value of each group that has one which is not too old, for now."""
        if now > self._good_until:
            good = {group: kept for group, kept in self._kept.items() if now <= kept.gone_at}
            self._values = {group: kept.value for group, kept in good.items()}
            self._good_until = min((kept.gone_at for kept in good.values()), default=math.inf)
        return self._values

    def states(self, now: float) -> Mapping[Group, GroupState]:
        """Return the quality of each group.

        One that failed is stale while its last value is shown; then it is what made it fail.
        """
        return LaterMapping(_states, self._kept.copy(), now)

    def forget(self) -> None:
        """Know nothing again."""
        self._kept.clear()
        self._values.clear()


def _states(kept: Mapping[Group, _Kept], now: float) -> Mapping[Group, GroupState]:
    return {group: _state(one, now) for group, one in kept.items()}


def _state(kept: _Kept, now: float) -> GroupState:
    state = kept.state
    if now <= kept.gone_at:
        return state if state.quality is Quality.OK else replace(state, quality=Quality.STALE)
    if state.quality is not Quality.OK:
        return state
    why = TOO_OLD if state.at is not None else NOT_YET
    return GroupState(why.quality, state.at, why.reason, why.fix)
