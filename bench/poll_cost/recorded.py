"""A login and a shell that are a recording: answers are there at once, without SSH."""

from __future__ import annotations

from collections.abc import Callable

from bench.poll_cost.machine import Talk
from monserv.ssh.transport import Traffic


class RecordedShell:
    """Answers what the recording has an answer to; ``age_seconds`` is how far its counters are."""

    def __init__(self, talk: Talk, age_seconds: Callable[[], int]) -> None:
        self._talk = talk
        self._age_seconds = age_seconds
        self._ready = b""

    def sendall(self, data: bytes, /) -> None:
        """Take in questions and have their answers ready."""
        self._ready += self._talk.say(bytes(data), self._age_seconds())

    def recv(self, nbytes: int, /) -> bytes:
        """Return what is ready of the answers."""
        data, self._ready = self._ready[:nbytes], self._ready[nbytes:]
        return data

    def settimeout(self, seconds: float | None, /) -> None:
        """Do nothing: nobody waits for what is ready."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


class RecordedSession:
    """A login on a recording, each shell of which holds a talk of its own."""

    def __init__(self, new_talk: Callable[[], Talk], age_seconds: Callable[[], int]) -> None:
        self._new_talk = new_talk
        self._age_seconds = age_seconds

    def open_shell(self) -> RecordedShell:
        """Start a shell."""
        return RecordedShell(self._new_talk(), self._age_seconds)

    def may_rest(self, _seconds: float, /) -> bool:
        """Return that a recording asks for nothing by itself."""
        return False

    def rest(self, _seconds: float, /) -> bool:
        """Return that a recording asks for nothing by itself."""
        return False

    def traffic(self) -> Traffic:
        """Return that nothing went over any wire."""
        return Traffic(0, 0)

    def abort(self) -> None:
        """Do nothing: nobody waits."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""
