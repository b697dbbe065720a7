"""The key that signs session cookies, in a file of its own in the data directory."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "session.key"
FILE_MODE = 0o600
_BYTES = 32


def load(data_dir: Path) -> bytes:
    """Return the key; makes it when there is none.

    Where it can be neither read nor made, the key lasts as long as this process.
    """
    path = data_dir / FILE
    try:
        key = path.read_bytes() if path.exists() else b""
        if len(key) >= _BYTES:
            path.chmod(FILE_MODE)
            return key
        return _make(path)
    except OSError as error:
        log.warning("%s cannot be used: %s; sessions end with this process", path, error.strerror)
        return secrets.token_bytes(_BYTES)


def _make(path: Path) -> bytes:
    key = secrets.token_bytes(_BYTES)
    new = path.with_name(f"{FILE}.new")
    new.unlink(missing_ok=True)
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        os.write(file, key)
        os.fsync(file)
    finally:
        os.close(file)
    new.replace(path)
    return key
