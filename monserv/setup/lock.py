"""The data directory, and the lock that keeps a second process off it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from pathlib import Path

from monserv.clock import SystemClock
from monserv.errors import StartRefused

LOCK = "monserv.lock"
FOLDER_MODE = 0o700
FILE_MODE = 0o600
# A worker notices within a second that its master was killed, and lets go.
PATIENCE_SECONDS = 3.0
_LOOSE = 0o077


def make_directory(path: Path) -> None:
    """Make the data directory, for this user alone; raises ``StartRefused``."""
    try:
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        contents = {entry.name for entry in path.iterdir()}
        # Somebody else's directory keeps its mode: this might be /tmp.
        if path.stat().st_mode & _LOOSE and (not contents or LOCK in contents):
            path.chmod(FOLDER_MODE)
    except OSError as error:
        raise StartRefused(
            f"The data directory {path} cannot be used: {error.strerror}; "
            "let MONSERV_DATA_DIR name another"
        ) from None


def hold(directory: Path) -> int:
    """Lock the data directory for this process and its children; return the file's number.

    Raises ``StartRefused`` with the id of the process that has it. The lock ends
    with the last of the processes, however they end.
    """
    path = directory / LOCK
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        if not _locked(file):
            owner = _read(file)
            os.close(file)
            raise StartRefused(
                f"monserv already runs on {directory} (process {owner}); "
                "stop it, or let MONSERV_DATA_DIR name another directory"
            )
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        raise StartRefused(
            f"The data directory {directory} cannot be locked: {error.strerror}; "
            "let MONSERV_DATA_DIR name another"
        ) from None
    return file


def check(directory: Path) -> None:
    """Raise ``StartRefused`` when another process has the data directory."""
    os.close(hold(directory))


def _locked(file: int) -> bool:
    clock = SystemClock()
    give_up_at = clock.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if _is_alive(_read(file)) or clock.monotonic() > give_up_at:
            return False
        threading.Event().wait(0.1)


def _read(file: int) -> str:
    return os.pread(file, 32, 0).decode("ascii", "replace").strip() or "unknown"


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True
