"""What a login may do besides what monserv needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Liberty(StrEnum):
    """What a login that only watches does not need; the values are for people."""

    COMMAND = "another command"
    SHELL = "a shell"
    TERMINAL = "a terminal"
    SFTP = "file transfer (SFTP)"
    FORWARDING = "forwarding to other hosts"
    LISTENING = "listening on a port"
    WRITING = "writing a file"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of trying it."""

    liberty: Liberty
    is_refused: bool
