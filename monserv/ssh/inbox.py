"""What a channel has received and nobody has read: one thread feeds, one reads.

It stands where paramiko has a pipe of its own, whose condition makes a lock and a timer
for each wait: dear for an answer that comes in one piece.
"""

from __future__ import annotations

import threading
from collections import deque

from paramiko.buffered_pipe import PipeTimeout


class Inbox:
    """As much of paramiko's ``BufferedPipe`` as a channel that is read from needs."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._news = threading.Event()
        self._closed = False

    def feed(self, data: bytes) -> None:
        """Take in what arrived."""
        self._pieces.append(data)
        self._news.set()

    def read(self, nbytes: int, timeout: float | None = None) -> bytes:
        """Return at most ``nbytes``, ``b""`` at the end.

        Raises ``PipeTimeout`` when nothing comes for ``timeout`` seconds.
        """
        while not self._pieces:
            self._news.clear()
            # What came before is seen here, and what comes from now on wakes us.
            if self._pieces:
                break
            if self._closed:
                return b""
            if not self._news.wait(timeout):
                raise PipeTimeout
        data = self._pieces.popleft()
        if len(data) > nbytes:
            self._pieces.appendleft(data[nbytes:])
            data = data[:nbytes]
        return data

    def close(self) -> None:
        """Let whoever waits go; what is there can still be read."""
        self._closed = True
        self._news.set()

    def read_ready(self) -> bool:
        """Whether there is anything to read."""
        return bool(self._pieces)

    def __len__(self) -> int:
        return sum(map(len, self._pieces))
