"""What waits for one client of a stream in which each frame builds on those before; no I/O.

Frames are kept in their order while they are fewer bytes than a fresh start would be.
Then all steps are dropped for that one start (a ``refresh``), which is made when it
leaves; no step is kept while one is owed. Events are never dropped: those that came
before the first dropped step leave before the start, the others after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

_MAX_STEPS = 1000
_EVENT = -1


class Fresh(NamedTuple):
    """A fresh start, and what happened since: steps, each with the seq known without it."""

    start: bytes | bytearray
    steps: Sequence[tuple[bytes, int]] = ()


class Reader(Protocol):
    """Whom the frames are for. ``room_bytes`` is what a fresh start takes, about."""

    room_bytes: int

    def refresh(self, seq: int, *, is_followed: bool) -> Fresh | None:
        """Return a fresh start; ``None`` while there is no room for one.

        ``seq`` is what its reader knows for sure. Where it ``is_followed`` by events that
        may be older, its own seq is no later, and it comes without steps.
        """


class Backlog:
    """Events and steps; a step's ``seq`` is that of what its reader knows without it."""

    __slots__ = (
        "_entries",
        "_max_steps",
        "_owed",
        "_reader",
        "_steps",
        "_steps_bytes",
        "event_count",
    )

    def __init__(self, reader: Reader) -> None:
        # Frames and their seq; no frame is a start that is owed.
        self._entries: list[tuple[bytes | None, int]] = []
        self._reader = reader
        self._max_steps = _MAX_STEPS
        self._steps = self._steps_bytes = 0
        self._owed = 0
        self.event_count = 0

    def put_event(self, frame: bytes) -> None:
        """Keep an event."""
        self._entries.append((frame, _EVENT))
        self.event_count += 1

    def put_step(self, frame: bytes, seq: int, *, is_start: bool = False) -> int:
        """Keep a step, or owe a fresh start; return how many steps were dropped.

        ``is_start`` says that the frame is a fresh start itself: no older event may come
        after the last one.
        """
        has_room = self._steps_bytes + len(frame) <= self._reader.room_bytes
        if not self._owed and has_room and self._steps < self._max_steps:
            self._entries.append((frame, seq))
            self._steps += 1
            self._steps_bytes += len(frame)
            return 0
        # A start that is owed shows it, too.
        dropped = 1 if self._owed else self._drop_steps(seq) + 1
        if is_start:
            self.put_start(seq)
        return dropped

    def put_start(self, seq: int) -> None:
        """Owe a fresh start that comes after all that waits; ``seq`` is as for ``refresh``."""
        if not self._entries or self._entries[-1][0] is not None:
            self._entries.append((None, seq))
            self._owed += 1

    def pop(self) -> bytes | bytearray | None:
        """Take out the frame that leaves next; ``None`` when nothing waits, or there is no room."""
        if not self._entries:
            return None
        frame, seq = self._entries[0]
        if frame is None:
            return self._begin(seq)
        del self._entries[0]
        if seq == _EVENT:
            self.event_count -= 1
        else:
            self._steps -= 1
            self._steps_bytes -= len(frame)
        return frame

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._entries

    def events(self) -> list[bytes]:
        """Return the events alone."""
        return [frame for frame, seq in self._entries if seq == _EVENT and frame is not None]

    def _begin(self, seq: int) -> bytes | bytearray | None:
        """Take out the start that leaves next, and put its steps in its place."""
        fresh = self._reader.refresh(seq, is_followed=len(self._entries) > 1)
        if fresh is None:
            return None
        self._entries[:1] = fresh.steps
        self._owed -= 1
        self._steps += len(fresh.steps)
        self._steps_bytes += sum(len(frame) for frame, _ in fresh.steps)
        self._max_steps = _MAX_STEPS + len(fresh.steps)
        return fresh.start

    def _drop_steps(self, seq: int) -> int:
        """Owe a start in place of all steps; return how many they were."""
        entries, dropped = self._entries, self._steps
        firsts = (place for place, entry in enumerate(entries) if entry[1] != _EVENT)
        place = next(firsts, len(entries))
        if place < len(entries):
            seq = entries[place][1]
        entries.insert(place, (None, seq))
        self._entries = [one for one in entries if one[1] == _EVENT or one[0] is None]
        self._steps = self._steps_bytes = 0
        self._owed = 1
        return dropped
