"""What the user's own ``known_hosts`` says of a host; read, never written.

The format is that of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". A line that is none is passed
over, as ``ssh`` does. paramiko reads neither markers nor patterns with exceptions, and
raises on odd lines; a file that cannot be read may hold revocations, so it fails closed.
"""

from __future__ import annotations

import functools
import hashlib
import stat
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from monserv.clock import give_way
from monserv.errors import Cause, PollError
from monserv.ssh.host_key import PublicKey, decoded, type_within
from monserv.sshconfig.pattern import matches

MAX_BYTES = 32 * 1024 * 1024
MAX_NAMES = 10_000
LINES_AT_A_STRETCH = 500
SHA1_BYTES, SHA1_BLOCK_BYTES = 20, 64
INNER, OUTER = 0x36, 0x5C
# It hides names, and secures nothing.
_sha1 = functools.partial(hashlib.sha1, usedforsecurity=False)
# Host names, key type, key; a comment may follow.
FIELDS = 3

# Inode, size, and the time of the last change, in nanoseconds.
Version = tuple[int, int, int]


class Marker(StrEnum):
    """What is special about a line."""

    NONE = ""
    REVOKED = "@revoked"
    AUTHORITY = "@cert-authority"


@dataclass(frozen=True, slots=True)
class Mention:
    """A line about a host."""

    marker: Marker
    key: PublicKey
    path: Path
    number: int

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.path} line {self.number}"


class _Hashed:
    """A line whose host is the HMAC-SHA1 of its name under a salt of its own (RFC 2104).

    What does not depend on the name is done once: ``hmac`` takes twice as long for each.
    """

    __slots__ = ("_digest", "_inner", "_outer", "mention")

    def __init__(self, salt: bytes, digest: bytes, mention: Mention) -> None:
        if len(salt) > SHA1_BLOCK_BYTES:
            salt = _sha1(salt).digest()
        block = salt.ljust(SHA1_BLOCK_BYTES, b"\0")
        self._inner = _sha1(bytes(byte ^ INNER for byte in block))
        self._outer = _sha1(bytes(byte ^ OUTER for byte in block))
        self._digest = digest
        self.mention = mention

    def is_of(self, name: bytes) -> bool:
        """Whether it is about the host ``name``."""
        inner = self._inner.copy()
        inner.update(name)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest() == self._digest


@dataclass(slots=True)
class _Index:
    """The lines of one file: by plain name, those with patterns, those with hashed names."""

    version: Version | None = None
    plain: dict[str, list[Mention]] = field(default_factory=dict)
    patterned: list[tuple[list[str], Mention]] = field(default_factory=list)
    hashed: list[_Hashed] = field(default_factory=list)
    found: dict[str, tuple[Mention, ...]] = field(default_factory=dict)


class KnownHosts:
    """Several files; each is read again when it has changed, and asked once for each name."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._files = [_File(path) for path in paths]

    def about(self, name: str) -> tuple[Mention, ...]:
        """Return every line about the host ``name``, which is spelled as OpenSSH does.

        Raises ``PollError(UNREACHABLE)`` when a file is there and cannot be read.
        """
        return tuple(mention for file in self._files for mention in file.about(name.lower()))


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._index = _Index()

    def about(self, name: str) -> tuple[Mention, ...]:
        index = self._current()
        found = index.found.get(name)
        if found is None:
            found = tuple(sorted(_search(index, name), key=lambda mention: mention.number))
            if len(index.found) >= MAX_NAMES:
                index.found.clear()
            index.found[name] = found
        return found

    def _current(self) -> _Index:
        with self._lock:
            try:
                version = self._version()
                if version is None:
                    self._index = _Index()
                elif version != self._index.version:
                    self._index = _read(self._path, version)
            except OSError as error:
                raise PollError(
                    Cause.UNREACHABLE,
                    f"{self._path} (MONSERV_KNOWN_HOSTS) cannot be read: {error.strerror}",
                ) from None
            return self._index

    def _version(self) -> Version | None:
        try:
            found = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
            raise OSError(0, "it is no list of host keys")
        return found.st_ino, found.st_size, found.st_mtime_ns


def _read(path: Path, version: Version) -> _Index:
    index = _Index(version)
    with path.open("rb") as file:
        lines = file.read(MAX_BYTES).split(b"\n")
    for number, line in enumerate(lines, 1):
        if number % LINES_AT_A_STRETCH == 0:
            give_way()
        _take_in(index, line.decode("utf-8", "replace"), path, number)
    return index


def _take_in(index: _Index, line: str, path: Path, number: int) -> None:
    """Add a line to the index; one that is odd is passed over."""
    words = line.split()
    marker = Marker.NONE
    if words and words[0].startswith("@"):
        if words[0] not in set(Marker):
            return
        marker = Marker(words.pop(0))
    if len(words) < FIELDS or words[0].startswith("#"):
        return
    hosts, kind, key_base64 = words[:FIELDS]
    blob = decoded(key_base64)
    if blob is None or type_within(blob) != kind:
        return
    mention = Mention(marker, PublicKey(kind, key_base64), path, number)
    if hosts.startswith("|"):
        hashed = _hashed(hosts)
        if hashed is not None:
            index.hashed.append(_Hashed(*hashed, mention))
        return
    names = hosts.lower().split(",")
    if any(mark in hosts for mark in "*?!"):
        index.patterned.append((names, mention))
        return
    for name in dict.fromkeys(names):
        index.plain.setdefault(name, []).append(mention)


def _hashed(hosts: str) -> tuple[bytes, bytes] | None:
    """Return salt and digest of ``|1|salt|digest``."""
    match hosts.split("|"):
        case ["", "1", salt, digest]:
            found = decoded(salt), decoded(digest)
            if found[0] is not None and found[1] is not None and len(found[1]) == SHA1_BYTES:
                return found[0], found[1]
    return None


def _search(index: _Index, name: str) -> Iterator[Mention]:
    yield from index.plain.get(name, [])
    for count, (names, mention) in enumerate(index.patterned, 1):
        if count % LINES_AT_A_STRETCH == 0:
            give_way()
        if matches(name, names):
            yield mention
    text = name.encode()
    for count, hashed in enumerate(index.hashed, 1):
        if count % LINES_AT_A_STRETCH == 0:
            give_way()
        if hashed.is_of(text):
            yield hashed.mention
