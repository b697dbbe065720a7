"""What the machine itself costs: how late a thread wakes that does nothing but sleep."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self


class Metronome:
    """Wakes in every interval while it is entered, and notes by how many seconds it was late."""

    def __init__(self, interval_seconds: float) -> None:
        self.lateness: list[float] = []
        self._interval_seconds = interval_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            due += self._interval_seconds
            time.sleep(max(0.0, due - time.monotonic()))
            self.lateness.append(time.monotonic() - due)
