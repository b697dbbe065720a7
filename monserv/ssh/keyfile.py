"""A file of host keys by the name of their host, replaced as a whole, atomically.

Lines are ``<name> <type> <base64>`` as OpenSSH writes them, and behind that how and when
the key came here. The file is read again when it has changed on the disk, since a person
or a command may do that, and changed by one process at a time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from monserv.errors import Cause, PollError
from monserv.offload import CallRefused, CallTimeout, RealThreads
from monserv.ssh.host_key import PublicKey, decoded

LOCK_SECONDS = 2.0
LOCK_STEP_SECONDS = 0.02
WRITE_SECONDS = 5.0
# Whoever is to write waits for company, the longer the more there is to be written each time:
# of five thousand servers that are seen for the first time, some dozens are written at once.
GATHER_SECONDS_A_NAME = 50e-6
MOST_GATHER_SECONDS = 0.25
SHORT_LINE, LONG_LINE = 3, 5

# Inode, size, and the time of the last change, in nanoseconds.
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key, how it came here (one word, or empty) and when, if that is known."""

    key: PublicKey
    how: str = ""
    since: datetime | None = None


Entries = dict[str, dict[str, Entry]]


@dataclass(frozen=True, slots=True)
class _Content:
    """``lines`` are what each name is in the file, for those of which that is known."""

    version: Version | None = None
    entries: Entries = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Wish:
    edit: Callable[[Entries], None]
    is_done: bool = False
    failure: str = ""


class KeyFile:
    """Name -> type -> entry, safe for many threads; errors are ``PollError(UNREACHABLE)``.

    What is written is written by ``threads`` where they are given, since disks block
    without yielding.
    """

    def __init__(self, path: Path, threads: RealThreads | None = None) -> None:
        self.path = path
        self._threads = threads
        self._lock = threading.Lock()
        self._content = _Content()
        # While it is, nobody else changes the file, and what is known of it holds.
        self._is_being_replaced = False
        # Who comes while somebody writes waits, and the next one writes for all of them.
        self._turn = threading.Condition()
        self._is_writing = False
        self._wishes: list[_Wish] = []

    def of(self, name: str) -> Mapping[str, Entry]:
        """Return the entries of ``name`` by the type of their key."""
        return self._read().get(name, {})

    def change(self, edit: Callable[[Entries], None]) -> None:
        """Let ``edit`` change the entries; they are durable when this returns.

        It replaces what a name has, and changes nothing of it in place.
        """
        wish = _Wish(edit)
        wishes = self._my_turn(wish)
        if wishes:
            try:
                self._rewrite(wishes)
            except PollError as error:
                for one in wishes:
                    one.failure = str(error)
            finally:
                with self._turn:
                    for one in wishes:
                        one.is_done = True
                    self._is_writing = False
                    self._turn.notify_all()
        if wish.failure:
            raise PollError(Cause.UNREACHABLE, wish.failure)

    def _my_turn(self, wish: _Wish) -> list[_Wish]:
        """Wait until somebody has written ``wish``, or return all that wait, to be written."""
        with self._turn:
            self._wishes.append(wish)
            while self._is_writing and not wish.is_done:
                if not self._turn.wait(LOCK_SECONDS + WRITE_SECONDS):
                    raise self._trouble("written", "others are still at it")
            if wish.is_done:
                return []
            self._is_writing = True
            # Nobody tells anything before this one has written.
            self._turn.wait(gather_seconds(len(self._content.entries)))
            wishes, self._wishes = self._wishes, []
            return wishes

    def _read(self) -> Entries:
        with self._lock:
            if self._is_being_replaced:
                return self._content.entries
            version = self._version()
            if version is None or version != self._content.version:
                self._content = _Content(version, self._parsed(version))
            return self._content.entries

    def _version(self) -> Version | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._trouble("read", error.strerror) from None
        return _version_of(found)

    def _parsed(self, version: Version | None) -> Entries:
        if version is None:
            return {}
        try:
            lines = self.path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise self._trouble("read", str(error)) from None
        entries: Entries = {}
        for number, line in enumerate(lines, 1):
            fields = line.split(" ")
            entry = _entry(fields)
            if entry is None:
                raise PollError(
                    Cause.UNREACHABLE,
                    f"The host key store {self.path} is damaged in line {number}; restore it,"
                    " or delete that line to pin the server's present key",
                )
            # Older versions kept names as they were written.
            entries.setdefault(fields[0].lower(), {})[entry.key.type] = entry
        return entries

    def _rewrite(self, wishes: list[_Wish]) -> None:
        with self._alone():
            before = self._read()
            entries = dict(before)
            for wish in wishes:
                wish.edit(entries)
            if entries == before:
                return
            # A thousand servers that are seen for the first time are a thousand files of as
            # many lines, of which nearly all are as before.
            known, had = self._content.lines, before.get
            lines = {
                name: known[name] if found is had(name) and name in known else _lines(name, found)
                for name, found in entries.items()
            }
            self._is_being_replaced = True
            try:
                version = self._written("".join(lines.values()))
                with self._lock:
                    self._content = _Content(version, entries, lines)
            finally:
                self._is_being_replaced = False

    def _written(self, text: str) -> Version:
        try:
            if self._threads is None:
                return _replace(self.path, text)
            return self._threads.call(WRITE_SECONDS, lambda: _replace(self.path, text))
        except OSError as error:
            raise self._trouble("written", error.strerror) from None
        except (CallTimeout, CallRefused):
            raise self._trouble("written", "the disk does not answer") from None

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from changing the file meanwhile."""
        try:
            handle = os.open(self.path.with_name(self.path.name + ".lock"), _LOCK_FLAGS, 0o600)
        except OSError as error:
            raise self._trouble("written", error.strerror) from None
        try:
            pause = threading.Event()
            for _ in range(round(LOCK_SECONDS / LOCK_STEP_SECONDS)):
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                pause.wait(LOCK_STEP_SECONDS)
            else:
                raise self._trouble("written", "another program keeps it locked")
            yield
        finally:
            # Patched by gevent, a file is closed a little later.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)

    def _trouble(self, what: str, why: str | None) -> PollError:
        return PollError(
            Cause.UNREACHABLE, f"The host key store {self.path} cannot be {what}: {why}"
        )


def gather_seconds(names: int) -> float:
    """Return how long to wait for company before a file of so many names is written."""
    return min(MOST_GATHER_SECONDS, GATHER_SECONDS_A_NAME * names)


_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
_DRAFT_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def _entry(fields: list[str]) -> Entry | None:
    """Return what the fields of a line say; ``None`` when they are damaged."""
    if len(fields) not in {SHORT_LINE, LONG_LINE} or not all(fields) or decoded(fields[2]) is None:
        return None
    key = PublicKey(fields[1], fields[2])
    if len(fields) == SHORT_LINE:
        return Entry(key)
    try:
        since = datetime.fromisoformat(fields[4]).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Entry(key, fields[3], since)


def _lines(name: str, found: Mapping[str, Entry]) -> str:
    return "".join([_line(name, entry) for entry in found.values()])


def _line(name: str, entry: Entry) -> str:
    since = entry.since
    told = f" {entry.how} {since.isoformat(timespec='seconds')}" if since and entry.how else ""
    return f"{name} {entry.key.type} {entry.key.base64}{told.replace('+00:00', 'Z')}\n"


def _version_of(found: os.stat_result) -> Version:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _replace(path: Path, text: str) -> Version:
    """Put a new file in the place of the old one, durably; return its version.

    After each call to the system a thread waits for its turn in the interpreter, which
    takes long while thousands log in: so there are as few of them as will do.
    """
    draft = path.with_name(path.name + ".new")
    file = os.open(draft, _DRAFT_FLAGS, 0o600)
    try:
        left = memoryview(text.encode())
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
        version = _version_of(os.fstat(file))
    finally:
        os.close(file)
    draft.replace(path)
    # The name of a file is as durable as its folder.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return version
