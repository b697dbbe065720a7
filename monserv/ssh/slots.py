"""Who may shake hands: a few at once, the others in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque


class Turn:
    """The place in the queue of one who waits."""

    def __init__(self) -> None:
        self._news = threading.Event()
        self.has_slot = False

    def give_up(self) -> None:
        """Wait no longer; safe from any thread."""
        self._news.set()

    def grant(self) -> None:
        """Let him go on with a slot of his own."""
        self.has_slot = True
        self._news.set()

    def wait(self, seconds: float | None) -> None:
        """Wait for a slot, or for the end of patience, at most so long."""
        self._news.wait(seconds)


class Slots:
    """A semaphore in which nobody loses his place; safe for threads.

    Of thousands who wait, each would look up now and then, and stand behind all others again.
    """

    def __init__(self, slots: int) -> None:
        self._lock = threading.Lock()
        self._free = slots
        self._waiting: deque[Turn] = deque()

    def acquire(self, turn: Turn | None = None, seconds: float | None = None) -> bool:
        """Take a slot, after those who came before; false when ``turn`` gave up, or in time."""
        turn = turn or Turn()
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            self._waiting.append(turn)
        turn.wait(seconds)
        with self._lock:
            if not turn.has_slot:
                self._waiting.remove(turn)
            return turn.has_slot

    def release(self, slots: int = 1) -> None:
        """Hand slots on to those who wait."""
        with self._lock:
            for _ in range(slots):
                if self._waiting:
                    self._waiting.popleft().grant()
                else:
                    self._free += 1


class Held:
    """A slot that one thread holds, given back once however often that is asked."""

    def __init__(self, slots: Slots) -> None:
        self._slots: Slots | None = slots

    def give_back(self) -> None:
        """Hand it on."""
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.release()
