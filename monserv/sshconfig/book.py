"""The configuration as it is now: read again when somebody logs in, never more often than needed.

What ``ssh`` would refuse stops a start. A file that breaks while monserv runs is being
edited, so what it said before goes on counting, and one line of the log says why.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from monserv.clock import Clock
from monserv.errors import SettingsError
from monserv.sshconfig import answer, files
from monserv.sshconfig.answer import Answer
from monserv.sshconfig.files import Items
from monserv.sshconfig.lines import BrokenConfigError

SETTING = "MONSERV_SSH_CONFIG"
FRESH_SECONDS = 2.0
MAX_ANSWERS = 10_000

log = logging.getLogger(__name__)


class Book:
    """What one file and its includes say; safe for many logins at once. No path says nothing."""

    def __init__(self, path: Path | None, clock: Clock, local_user: str) -> None:
        self.path = path
        self._clock = clock
        self._local_user = local_user
        self._lock = threading.Lock()
        self._items: Items = ()
        self._ignored: list[str] = []
        self._answers: dict[tuple[str, str | None, int | None], tuple[Items, Answer]] = {}
        self._read_at: float | None = None
        self._complaint = ""

    def open(self) -> None:
        """Read it for the first time; raises ``SettingsError`` with file, line and reason."""
        with self._lock:
            try:
                self._read()
            except BrokenConfigError as error:
                raise SettingsError(
                    f"{SETTING}: {error}; {SETTING}=none leaves it unread"
                ) from None

    def ask(self, name: str, user: str | None = None, port: int | None = None) -> Answer:
        """Return what is configured for a name; ``user`` and ``port`` go before it when given."""
        items = self._current()
        asked = (name, user, port)
        known = self._answers.get(asked)
        if known is None or known[0] is not items:
            # Whoever has a thousand servers may have a block for each.
            if len(self._answers) >= MAX_ANSWERS:
                self._answers.clear()
            known = (items, answer.ask(items, name, user, port, self._local_user))
            self._answers[asked] = known
        return known[1]

    def remarks(self) -> tuple[str, ...]:
        """Return what a person should know about it, a sentence each."""
        self._current()
        with self._lock:
            ignored = self._ignored
        if not ignored:
            return ()
        more = f" (and {len(ignored) - 1} more)" if len(ignored) > 1 else ""
        said = (
            f"{ignored[0]} is not decided here, where nothing is executed: its block counts for "
            f"no server{more}"
        )
        return (said,)

    @property
    def local_user(self) -> str:
        """The user that monserv runs as, whom ``ssh`` takes where no other is named."""
        return self._local_user

    def _current(self) -> Items:
        with self._lock:
            now = self._clock.monotonic()
            if self._read_at is None or now - self._read_at >= FRESH_SECONDS:
                try:
                    self._read()
                except BrokenConfigError as error:
                    self._read_at = now
                    if str(error) != self._complaint:
                        self._complaint = str(error)
                        log.warning("%s; what it said before goes on counting", error)
            return self._items

    def _read(self) -> None:
        items = files.read(self.path) if self.path is not None else ()
        if items != self._items:
            self._ignored = answer.check(items)
            self._items = items
        self._complaint = ""
        self._read_at = self._clock.monotonic()
