"""Who may run at once: most tests side by side, those marked ``alone`` with no other."""

from __future__ import annotations

import fcntl
from pathlib import Path


class Turns:
    """One process's place in a queue that several share through the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._door = (folder / "door").open("w")
        self._room = (folder / "room").open("w")
        self._is_alone = False

    def begin(self, *, is_alone: bool) -> None:
        """Wait for a turn; one who is alone already and stays so goes on at once."""
        if self._is_alone and is_alone:
            return
        self.end()
        # Those inside would keep out for ever one who wants to be alone, if more of
        # them could come in while he waits; so everybody waits at one door.
        fcntl.flock(self._door, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._room, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)
        self._is_alone = is_alone

    def end(self) -> None:
        """Let the others in."""
        fcntl.flock(self._room, fcntl.LOCK_UN)
        self._is_alone = False

    def close(self) -> None:
        self._door.close()
        self._room.close()
