"""Server-sent events as bytes (WHATWG HTML, section 9.2); no I/O.

An event is framed once, and the same bytes serve every reader of a view.
"""

from __future__ import annotations

# What may stand between the lines of an event without being part of it.
PING = b":\n\n"


def event(name: str, identity: str, data: bytes) -> bytes:
    """Return one event; ``data`` is a single line of UTF-8, as JSON is without indentation."""
    return b"event: %s\nid: %s\ndata: %s\n\n" % (name.encode(), identity.encode(), data)


def comment(text: str) -> bytes:
    """Return a line that readers pass over; ``text`` is one line."""
    return b": %s\n\n" % text.encode()


def retry(milliseconds: int) -> bytes:
    """Return how long a reader is to wait before it connects again."""
    return b"retry: %d\n\n" % milliseconds
