"""What waits for one client of a stream in which each frame builds on those before; no I/O.

Frames are kept in their order while they are fewer bytes than a fresh start would be.
Then all steps are dropped for that one start (a ``refresh``), which is made when it
leaves; no step is kept while one is owed. Events are never dropped: those that came
before the first dropped step leave before the start, the others after it.
"""

from __future__ import annotations

from typing import Protocol

_MAX_STEPS = 1000
_EVENT = -1


class Reader(Protocol):
    """Whom the frames are for. ``room_bytes`` is what a fresh start takes, about."""

    room_bytes: int

    def refresh(self, seq: int | None) -> bytes:
        """Return the frame that is a fresh start.

        ``seq`` is what its reader knows for sure, where events that are older than the
        start follow it; ``None`` where none do.
        """


class Backlog:
    """Events and steps; a step's ``seq`` is that of what its reader knows without it."""

    __slots__ = (
        "_entries",
        "_last",
        "_place",
        "_reader",
        "_seq",
        "_steps",
        "_steps_bytes",
        "event_count",
    )

    def __init__(self) -> None:
        self._entries: list[tuple[bytes, int]] = []
        self._steps = 0
        self._steps_bytes = 0
        # Who is owed a fresh start, from where on, and how many entries come before it.
        self._reader: Reader | None = None
        self._seq = 0
        self._place = 0
        self._last: Reader | None = None
        self.event_count = 0

    def put_event(self, frame: bytes) -> None:
        """Keep an event."""
        self._entries.append((frame, _EVENT))
        self.event_count += 1

    def put_step(self, frame: bytes, seq: int, reader: Reader, *, is_start: bool = False) -> int:
        """Keep a step, or owe its reader a fresh start; return how many steps were dropped.

        ``is_start`` says that the frame is a fresh start itself: no older event may come
        after the last one.
        """
        if self._last is not None:
            return 1  # the start that comes last shows this, too
        has_room = self._steps_bytes + len(frame) <= reader.room_bytes
        if self._reader is None and has_room and self._steps < _MAX_STEPS:
            self._entries.append((frame, seq))
            self._steps += 1
            self._steps_bytes += len(frame)
            return 0
        dropped = self._steps + 1
        if self._reader is None:
            self._drop_steps(seq, reader)
        if is_start and len(self._entries) > self._place:
            self._last = reader
        return dropped

    def pop(self) -> bytes | None:
        """Take out the frame that leaves next; ``None`` when nothing waits."""
        if self._reader is not None and self._place == 0:
            reader, self._reader = self._reader, None
            return reader.refresh(self._seq if self._entries else None)
        if not self._entries:
            last, self._last = self._last, None
            return None if last is None else last.refresh(None)
        frame, seq = self._entries.pop(0)
        self._place -= 1
        if seq == _EVENT:
            self.event_count -= 1
        else:
            self._steps -= 1
            self._steps_bytes -= len(frame)
        return frame

    def events(self) -> list[bytes]:
        """Return the events alone."""
        return [frame for frame, seq in self._entries if seq == _EVENT]

    def _drop_steps(self, seq: int, reader: Reader) -> None:
        entries = self._entries
        firsts = (place for place, entry in enumerate(entries) if entry[1] != _EVENT)
        self._place = next(firsts, len(entries))
        self._seq = entries[self._place][1] if self._place < len(entries) else seq
        self._entries = [entry for entry in entries if entry[1] == _EVENT]
        self._steps = self._steps_bytes = 0
        self._reader = reader
