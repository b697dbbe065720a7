"""Who may run at once: all lanes side by side, until each has come to its end."""

from __future__ import annotations

import fcntl
from pathlib import Path


class Turns:
    """One lane's word on whether it is still busy, in a file that all lanes share."""

    def __init__(self, folder: Path) -> None:
        self._room = (folder / "room").open("w")

    def begin(self) -> None:
        """Run beside the others; waits while one of them is alone."""
        fcntl.flock(self._room, fcntl.LOCK_SH)

    def wait_to_be_alone(self) -> None:
        """Be busy no longer; return when no other is, and keep them out from then on."""
        fcntl.flock(self._room, fcntl.LOCK_UN)
        fcntl.flock(self._room, fcntl.LOCK_EX)

    def end(self) -> None:
        """Let the next one be alone."""
        fcntl.flock(self._room, fcntl.LOCK_UN)

    def close(self) -> None:
        self._room.close()
