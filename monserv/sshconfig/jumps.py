"""``ProxyJump``: through which servers another one is reached."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_JUMPS = 8
MAX_PORT = 65535

_JUMP = re.compile(
    r"(?:ssh://)?(?:(?P<user>[^@,/]+)@)?"
    r"(?:\[(?P<literal>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[^@:,/\[\]]+))(?::(?P<port>[0-9]{1,5}))?/?"
)


@dataclass(frozen=True, slots=True)
class Jump:
    """A server on the way; without ``user`` and ``port`` what is configured for it counts."""

    name: str
    user: str | None = None
    port: int | None = None


def read(text: str) -> tuple[Jump, ...]:
    """Return the servers on the way, the first one first; none for ``none``.

    Raises ``ValueError`` with the reason, without a subject.
    """
    if text.lower() == "none":
        return ()
    found = tuple(_jump(part) for part in text.split(","))
    if len(found) > MAX_JUMPS:
        raise ValueError(f"names more than {MAX_JUMPS} servers")
    return found


def _jump(text: str) -> Jump:
    found = _JUMP.fullmatch(text.strip())
    if found is None or not 0 < int(found["port"] or 22) <= MAX_PORT:
        raise ValueError("is no user@host:port, nor several with commas between them")
    name = found["literal"] or found["host"]
    return Jump(name, found["user"], int(found["port"]) if found["port"] else None)
