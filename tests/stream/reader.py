"""The other end of an event stream: an independent reader of server-sent events.

Strict: a line that is none of those that may be there fails the test.
"""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    name: str
    id: str
    data: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.data)


class Reader:
    """Reads whole events from a socket; remembers comments and what it is told of retrying."""

    def __init__(self, sock: socket.socket, timeout_seconds: float = 30.0) -> None:
        self.sock = sock
        sock.settimeout(timeout_seconds)
        self._buffer = b""
        self.head = ""  # the status line and headers, where there are any
        self.comments: list[bytes] = []
        self.retry: int | None = None

    def event(self) -> Event | None:
        """Return the next event, or None at the end of the stream."""
        fields: dict[bytes, bytes] = {}
        while (line := self._line()) is not None:
            name, colon, value = line.partition(b": ")
            if not line:
                if b"data" in fields:
                    assert set(fields) == {b"event", b"id", b"data"}
                    texts = fields[b"event"].decode(), fields[b"id"].decode()
                    return Event(*texts, fields[b"data"])
                assert fields == {}, "half an event: the stream is corrupt"
            elif line.startswith(b":"):
                self.comments.append(line.removeprefix(b":").strip())
            elif name == b"retry":
                self.retry = int(value)
            else:
                assert colon, "the stream is corrupt"
                assert name in {b"event", b"id", b"data"}, "the stream is corrupt"
                assert name not in fields, "one line of an event inside another"
                fields[name] = value
        assert fields == {}, "the stream ended inside an event"
        return None

    def events(self) -> list[Event]:
        """Return every event until the end of the stream."""
        found = []
        while (event := self.event()) is not None:
            found.append(event)
        return found

    def data(self, count: int) -> list[bytes]:
        """Return the data of the next ``count`` events."""
        found = []
        for _ in range(count):
            event = self.event()
            assert event is not None, "the stream ended early"
            found.append(event.data)
        return found

    def wait_for_comment(self, within_seconds: float = 30.0) -> bytes:
        """Return the next comment that comes before any event."""
        give_up_at = time.monotonic() + within_seconds
        count = len(self.comments)
        while len(self.comments) == count:
            assert time.monotonic() < give_up_at
            line = self._line()
            assert line is not None, "the stream ended early"
            if line.startswith(b":"):
                self.comments.append(line.removeprefix(b":").strip())
        return self.comments[-1]

    def read_head(self) -> None:
        """Read the answer's status line and headers."""
        lines = []
        while (line := self._line()) not in {b"", b"\r", None}:
            assert line is not None
            lines.append(line.decode("latin-1").rstrip("\r"))
        self.head = "\n".join(lines)

    def _line(self) -> bytes | None:
        while b"\n" not in self._buffer:
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                assert self._buffer == b"", "the stream ended inside a line"
                return None
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line
