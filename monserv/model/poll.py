"""What one poll of one server brought: a sample, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monserv.errors import Cause
from monserv.model.made_often import made_often
from monserv.model.sample import Sample

# Until so many polls in a row were missed, a server's old status holds.
MISSES_BEFORE_OFFLINE = 3


@made_often
@dataclass(frozen=True, slots=True)
class Polled:
    """A poll that brought a sample; it began ``late_seconds`` after its slot."""

    server_id: str
    at: datetime
    sample: Sample
    late_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Missed:
    """A poll that brought nothing.

    ``missed_polls`` counts the polls missed in a row, this one included;
    ``text`` is the cause in a sentence. It began ``late_seconds`` after its slot.
    """

    server_id: str
    at: datetime
    cause: Cause
    text: str
    missed_polls: int
    late_seconds: float = 0.0


PollResult = Polled | Missed
