"""Files beside the database: private while they are made, then moved to their place."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

FILE_MODE = 0o600


@contextlib.contextmanager
def scratch(path: Path, purpose: str) -> Iterator[Path]:
    """Yield an empty private file beside ``path``, without what a killed run left there."""
    file = path.with_name(f"{path.name}.{purpose}")
    _remove(file)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
    try:
        yield file
    finally:
        _remove(file)


def put(file: Path, path: Path) -> None:
    """Move a finished file to its place: durable before, atomic, durable after."""
    sync(file)
    file.replace(path)
    sync(path.parent)


def _remove(file: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
