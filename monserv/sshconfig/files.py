"""The files of an SSH configuration: each ``Include`` in its place, within bounds."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monserv.sshconfig import lines
from monserv.sshconfig.lines import BrokenConfigError, Line

MAX_DEPTH = 16  # as OpenSSH
MAX_FILES = 256
MAX_BYTES = 1024 * 1024
WRITABLE_BY_OTHERS = 0o022


@dataclass(frozen=True, slots=True)
class Included:
    """What the files that an ``Include`` names hold, one after the other."""

    files: tuple[Items, ...]


Items = tuple[Line | Included, ...]


def read(path: Path) -> Items:
    """Return the settings of ``path`` and of all that it includes.

    Raises ``BrokenConfigError`` for what ``ssh`` would refuse too: a line that makes no
    sense, a file that others may write, includes without an end.
    """
    return _Reader().file(path, ())


class _Reader:
    def __init__(self) -> None:
        self._files = 0
        self._bytes = 0

    def file(self, path: Path, through: Sequence[tuple[int, int]]) -> Items:
        """Read one file; ``through`` are those that include it, by device and inode."""
        text, identity = self._text(path)
        if identity in through:
            raise BrokenConfigError(f"{path}: it includes itself")
        if len(through) >= MAX_DEPTH:
            raise BrokenConfigError(f"{path}: files include each other more than {MAX_DEPTH} deep")
        items: list[Line | Included] = []
        for line in lines.read(text, str(path)):
            if line.keyword == "include":
                inner = (*through, identity)
                items.append(Included(tuple(self.file(one, inner) for one in _named(line))))
            else:
                items.append(line)
        return tuple(items)

    def _text(self, path: Path) -> tuple[str, tuple[int, int]]:
        try:
            # A pipe would be waited for, which nobody writes.
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                found = os.fstat(file.fileno())
                _check(path, found)
                self._files += 1
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise BrokenConfigError(f"{path} cannot be read: {error.strerror}") from None
        self._bytes += len(data)
        if self._files > MAX_FILES or self._bytes > MAX_BYTES:
            raise BrokenConfigError(
                f"{path}: with its includes it is more than {MAX_FILES} files or {MAX_BYTES} bytes"
            )
        return data.decode("utf-8", "surrogateescape"), (found.st_dev, found.st_ino)


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise BrokenConfigError(f"{path} cannot be read: it is no file")
    if found.st_uid not in {0, os.geteuid()} or found.st_mode & WRITABLE_BY_OTHERS:
        raise BrokenConfigError(
            f"{path} may be written by others, who could send logins elsewhere; chmod 600 mends"
            " that, if it is yours"
        )


def _named(line: Line) -> list[Path]:
    """Return the files that an ``Include`` names; one that is not there is none."""
    if not line.words:
        raise line.broken("Include names no file")
    found: list[Path] = []
    for word in line.words:
        pattern = os.path.expanduser(word)  # noqa: PTH111 -- a pattern is no path yet
        if not pattern.startswith("/"):
            pattern = f"{glob.escape(str(Path.home()))}/.ssh/{pattern}"
        found += [Path(one) for one in sorted(glob.glob(pattern))]  # noqa: PTH207 -- of any folder
        if len(found) > MAX_FILES:
            raise line.broken(f"Include names more than {MAX_FILES} files")
    return found
