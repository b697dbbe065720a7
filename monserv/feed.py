"""The newest state as ready bytes, encoded once for all who see the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from monserv.clock import Clock
from monserv.model.access import Access, Role
from monserv.model.snapshot import Snapshot
from monserv.state import State

# Greeting newcomers may take a twentieth of the time, however many come back at once.
ENCODING_PAUSE_FACTOR = 20.0
# Views are what accounts are limited to: few. Beyond these, the oldest is encoded anew.
MAX_VIEWS = 100


def seeing(tags: frozenset[str]) -> Access:
    """Return an access that sees what ``tags`` show, and may do nothing."""
    return Access(name="", role=Role.VIEWER, tags=tags)


class Feed:
    """One kind of message about the state; safe for threads.

    ``encode`` turns what a view sees into bytes.
    """

    def __init__(self, state: State, encode: Callable[[Snapshot], bytes], clock: Clock) -> None:
        self._state = state
        self._encode = encode
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[frozenset[str], _Message] = {}

    def message(self, tags: frozenset[str], *, is_spared: bool = False, after: int = -1) -> bytes:
        """Return the newest state of the servers with ``tags``; without any, of all.

        It is encoded once for all who ask while nothing changes. With ``is_spared``
        a slightly older one will do when there is so much to encode that many who
        ask would keep the process busy with it, if it is newer than version ``after``.
        """
        with self._lock:
            asked_at = self._clock.monotonic()
            snapshot = self._state.snapshot()
            held = self._held.get(tags)
            if held is not None:
                will_do = is_spared and held.version > after and asked_at < held.spared_until
                if will_do or held.version == snapshot.version:
                    return held.payload
            return self._encoded(snapshot, tags, asked_at)

    def renewed(self, tags: frozenset[str]) -> bytes:
        """Return the newest state, encoded now, for a message that says what time it is."""
        with self._lock:
            return self._encoded(self._state.snapshot(), tags, self._clock.monotonic())

    def _encoded(self, snapshot: Snapshot, tags: frozenset[str], asked_at: float) -> bytes:
        """Encode and keep. Requires the lock."""
        payload = self._encode(snapshot.seen_by(seeing(tags)))
        done_at = self._clock.monotonic()
        spared_until = done_at + (done_at - asked_at) * ENCODING_PAUSE_FACTOR
        self._held.pop(tags, None)
        self._held[tags] = _Message(snapshot.version, payload, spared_until)
        if len(self._held) > MAX_VIEWS:
            del self._held[next(iter(self._held))]
        return payload


@dataclass(frozen=True, slots=True)
class _Message:
    """A state that was encoded, of which version, and until when it will do (monotonic)."""

    version: int
    payload: bytes
    spared_until: float
