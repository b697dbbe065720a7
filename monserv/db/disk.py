"""Whether the disk can take anything; asked before SQLite touches memory that it backs.

The index of the write-ahead log is such memory. Where a full disk cannot give it a
block, the kernel ends the process with SIGBUS instead of returning an error.
"""

from __future__ import annotations

import os
from pathlib import Path

from monserv.db.location import meaning
from monserv.errors import StorageError

# Far more than the index needs, for others may fill the disk at the same time.
LEAST_FREE_BYTES = 2**20


def require_room(path: Path) -> None:
    """Raise ``StorageError`` when the disk of ``path`` is full or read-only."""
    disk = os.statvfs(path.parent)
    if disk.f_flag & os.ST_RDONLY:
        raise StorageError(meaning(path, "SQLITE_READONLY"))
    blocks = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    # Some file systems do not tell their size.
    if disk.f_blocks > 0 and blocks * disk.f_frsize < LEAST_FREE_BYTES:
        raise StorageError(meaning(path, "SQLITE_FULL"))
