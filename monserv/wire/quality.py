"""What the groups of a sample are worth, and what would mend those that are no better."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monserv.model.quality import Group, GroupState
from monserv.model.sample import Sample
from monserv.wire.encoding import stamp


def quality(sample: Sample, now: datetime) -> dict[str, Any]:
    """Return group -> quality, age and reason; ``age_seconds`` is null for what was never read."""
    return {
        group: {
            "quality": state.quality,
            "age_seconds": _age_seconds(state, now),
            "reason": state.reason,
        }
        for group, state in _in_order(sample)
    }


def capabilities(sample: Sample, now: datetime) -> dict[str, Any]:
    """Return the same with the time of each reading, and the line that would mend it."""
    return {
        group: {
            "quality": state.quality,
            "at": None if state.at is None else stamp(state.at),
            "age_seconds": _age_seconds(state, now),
            "reason": state.reason,
            "fix": state.fix,
        }
        for group, state in _in_order(sample)
    }


def _in_order(sample: Sample) -> list[tuple[str, GroupState]]:
    return [(str(group), sample.quality[group]) for group in Group if group in sample.quality]


def _age_seconds(state: GroupState, now: datetime) -> float | None:
    # A wall clock that was set back has made nothing younger than new.
    return None if state.at is None else round(max(0.0, (now - state.at).total_seconds()), 1)
