"""Starts tasks of ``tests.db.mortal`` and ends them with SIGKILL."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.db.world import Place
from tests.waiting import eventually

CHECKOUT = Path(__file__).resolve().parents[2]


class Mortals:
    """One process after another, in ``folder``; ``kind`` is ``plain`` or ``green``."""

    def __init__(self, folder: Path, kind: str = "plain") -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.db.mortal", kind, str(folder)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.communicate(timeout=10)

    def kill_after(
        self, seconds: float, task: str, number: int, begun: Callable[[], bool] = lambda: True
    ) -> None:
        """Kill it so many seconds after ``begun`` holds, which a busy machine may need long for."""
        pid = self._begin(task, number)
        assert eventually(begun)
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        assert self._ended() == -signal.SIGKILL

    def run(self, task: str, number: int) -> int:
        """Return how it ended: 0, or the negative number of a signal."""
        self._begin(task, number)
        return self._ended()

    def _begin(self, task: str, number: int) -> int:
        assert self._program.stdin
        self._program.stdin.write(f"{task} {number}\n")
        self._program.stdin.flush()
        return self._answer()

    def _ended(self) -> int:
        return os.waitstatus_to_exitcode(self._answer())

    def _answer(self) -> int:
        assert self._program.stdout
        return int(self._program.stdout.readline())


def copied(place: Place, folder: Path) -> Place:
    """Return a copy to look into: opening the database itself would tidy up after a kill."""
    folder.mkdir(exist_ok=True)
    copy = Place(folder / place.path.name)
    for suffix in ("", "-wal", "-journal"):
        copy.path.with_name(copy.path.name + suffix).unlink(missing_ok=True)
        source = place.path.with_name(place.path.name + suffix)
        if source.exists():
            shutil.copy(source, copy.path.with_name(source.name))
    return copy
