"""How quickly what waits for a client leaves, and when that is too slow; no I/O."""

from __future__ import annotations

from monserv.model.traffic import Ending
from monserv.stream.farewell import Farewell
from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from monserv.stream.starts import Start

_STALLED = Farewell(Ending.SLOW, reason="took no byte for too long")
_SLOW = Farewell(Ending.SLOW, reason="took a frame too slowly")
_IN_THE_WAY = Farewell(Ending.SLOW, reason="took a frame too slowly while others wait for room")
_NO_ROOM = Farewell(Ending.OVERLOAD, CloseCode.TRY_AGAIN_LATER, "no room for a snapshot")


class Pace:
    """One client's, from when something began to wait for it; times are monotonic seconds."""

    __slots__ = ("_begun_at", "_frame", "_limits", "_moved_at")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._frame: object = None
        self._moved_at = self._begun_at = now

    def look(self, frame: object, now: float, *, has_moved: bool) -> Farewell | None:
        """Return why the client has to go, if it has.

        ``frame`` is what it is being sent, ``None`` while there is no room for a snapshot
        that it is owed; ``has_moved`` says that it took a byte since the last look.
        """
        if has_moved or frame is None:
            self._moved_at = now
        if frame is not self._frame:
            self._frame, self._begun_at = frame, now
        begun_seconds = now - self._begun_at
        if frame is None:
            return _NO_ROOM if begun_seconds >= self._limits.frame_seconds else None
        if now - self._moved_at >= self._limits.stall_seconds:
            return _STALLED
        if begun_seconds >= self._limits.frame_seconds:
            return _SLOW
        if begun_seconds >= self._limits.stall_seconds and isinstance(frame, Start):
            return _IN_THE_WAY if frame.is_in_the_way(now) else None
        return None
