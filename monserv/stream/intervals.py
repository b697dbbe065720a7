"""What those who want to be told seldom were not told yet; it has no lock.

For each selection with an interval it is kept how servers were when it was last told of them,
so that all that happened since becomes one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monserv.stream.entries import Change, Item
from monserv.stream.selection import Selection

# Former servers that are remembered in all: of 5 KB each, where none is another's.
MAX_BEFORES = 20_000


@dataclass(slots=True)
class Pending:
    """How servers were before ``seq``, for a selection that is told at ``due_at`` or later.

    With ``is_whole`` that is not known any more, and it is told by a snapshot.
    """

    due_at: float
    seq: int = 0
    befores: dict[str, Item | None] = field(default_factory=dict)
    is_whole: bool = False

    @property
    def waits(self) -> bool:
        """Whether there is anything to tell."""
        return self.is_whole or bool(self.befores)

    def is_due(self, now: float) -> bool:
        """Whether there is anything to tell by now."""
        return self.waits and now >= self.due_at

    def note(self, change: Change, room: int) -> int:
        """Remember what is not told yet, unless that is more than there is room for.

        Return by how many servers that is more than before.
        """
        if not self.waits:
            self.seq = change.seq - 1
        if self.is_whole:
            return 0
        before = len(self.befores)
        for server_id, item in change.befores.items():
            self.befores.setdefault(server_id, item)
        more = len(self.befores) - before
        if more <= room:
            return more
        self.befores, self.is_whole = {}, True
        return -before


class Intervals:
    """The selections with an interval; all others are told at once, and are not here.

    All times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._pending: dict[Selection, Pending] = {}

    def begin(self, selection: Selection, now: float) -> None:
        """Know a selection, which has just been told everything, if it has an interval."""
        if selection.min_interval_seconds and selection not in self._pending:
            self._pending[selection] = Pending(now + selection.min_interval_seconds)

    def end(self, selection: Selection) -> None:
        """Forget a selection that nobody has any more."""
        self._pending.pop(selection, None)

    def selections(self) -> Iterable[Selection]:
        """Return all of them."""
        return self._pending.keys()

    def get(self, selection: Selection) -> Pending | None:
        """Return what a selection was not told yet; ``None`` for one that is told at once."""
        return self._pending.get(selection)

    def befores(self, selection: Selection) -> tuple[int, Mapping[str, Item | None]] | None:
        """Return from which seq on a selection is still to be told, and how servers were then.

        ``None`` when it has been told everything.
        """
        pending = self._pending.get(selection)
        return None if pending is None or not pending.waits else (pending.seq, pending.befores)

    def take(self, selection: Selection, now: float) -> Pending | None:
        """Return what is told now, if there is anything; its next interval begins."""
        pending = self._pending.get(selection)
        if pending is None or not pending.waits:
            return None
        self._pending[selection] = Pending(now + selection.min_interval_seconds)
        return pending

    def clear(self) -> None:
        """Let nothing wait: all are told everything in another way."""
        for selection, pending in self._pending.items():
            self._pending[selection] = Pending(pending.due_at)

    def due(self, now: float) -> list[Selection]:
        """Return the selections that are to be told now."""
        return [one for one, pending in self._pending.items() if pending.is_due(now)]

    def wait_seconds(self, now: float) -> float | None:
        """Return in how many seconds the next one is due; ``None`` when none waits."""
        waits = (one.due_at - now for one in self._pending.values() if one.waits)
        return min(waits, default=None)

    def room(self) -> int:
        """Return how many more servers may be remembered."""
        return MAX_BEFORES - sum(len(each.befores) for each in self._pending.values())
