"""A database of the newest form with nothing in it: made once in a lane, then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from monserv.db.migrate import FOLDER_MODE, migrate


@cache
def database() -> bytes:
    """Return the file, as the first start of monserv makes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "monserv.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


def put(data: Path) -> None:
    """Make a data directory that was started once before, unless there is one already.

    What a first start does besides takes half a second of a processor, and has its own tests.
    """
    if data.exists():
        return
    data.mkdir(mode=FOLDER_MODE)
    path = data / "monserv.db"
    path.touch(0o600)
    path.write_bytes(database())
