"""Servers that a file names, before anybody has chosen among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Of a file that is handed over.
MAX_FILE_CHARACTERS = 256 * 1024


class FileKind(StrEnum):
    """What kind of file servers are read from."""

    SSH_CONFIG = "ssh_config"
    ANSIBLE = "ansible"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server as a file names it; what the file does not say is empty.

    ``jump`` is the name of another one, ``key`` a path as it is written. ``problem`` is why
    it cannot be watched as it stands, ``remarks`` what of it is left out: sentences.
    """

    name: str
    host: str
    port: int = 22
    username: str = ""
    jump: str = ""
    key: str = ""
    tags: tuple[str, ...] = ()
    problem: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a file names, and what of it is left out.

    Each one stands after that through which it is reached.
    """

    kind: FileKind
    candidates: tuple[Candidate, ...]
    remarks: tuple[str, ...] = ()
