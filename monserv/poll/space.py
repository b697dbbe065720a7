"""What is mounted on one server and what ``df`` says of it.

A ``df`` that hangs does not end the talk: its shell is set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monserv.clock import Clock
from monserv.errors import PollError
from monserv.model.made_often import maker
from monserv.model.sample import Disk
from monserv.poll.asker import Asker
from monserv.poll.shells import Shells
from monserv.poll.watchdog import Limit
from monserv.probe import script
from monserv.probe.capabilities import DF_FAILED, DF_HANGS, NO_MOUNTS, Shortcoming
from monserv.probe.disks import disks, shown_path
from monserv.probe.mounts import Mount, mounts
from monserv.probe.process_table import ProcessRow, ProcessTable
from monserv.probe.processes import TICKS_PER_SECOND

# df answers in milliseconds, or hangs on a dead mount for minutes.
PATIENCE_SECONDS = 2.0

# What a shell that was set aside has sent meanwhile is there already.
GLANCE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class _Parked:
    """A shell in which ``df`` hangs, and the mark of the answer it still owes."""

    asker: Asker
    marker: str


@dataclass(frozen=True, slots=True)
class _Question:
    marker: str
    asked: tuple[Mount, ...]


_new_question = maker(_Question)


class Space:
    """The mounts of one server, and the disks among them that are no network's."""

    def __init__(self, shells: Shells, clock: Clock) -> None:
        self._shells = shells
        self._clock = clock
        self.mountinfo = ""
        self.local: tuple[Mount, ...] | None = None
        self._paths: list[str] = []
        self._parked: _Parked | None = None
        self._df_hangs = False
        self._question: _Question | None = None
        self.remote: tuple[Mount, ...] = ()
        self.mountpoints: frozenset[str] | None = None
        self._told: tuple[str, tuple[Mount, ...], tuple[Disk, ...] | None] = ("", (), None)

    @property
    def may_hang(self) -> bool:
        """Whether a ``df`` was seen that hangs, and nobody knows whether it still does."""
        return self._df_hangs

    @property
    def is_stuck(self) -> bool:
        """Whether a ``df`` hangs, so that none is asked."""
        return self._parked is not None or self._df_hangs

    def has_recovered(self) -> bool:
        """Whether a ``df`` that hung in a shell of ours has just ended; lets go of that shell.

        Raises ``OSError`` when the connection fails.
        """
        if self._parked is None:
            return False
        try:
            self._parked.asker.answer(self._parked.marker, self._clock.monotonic() + GLANCE_SECONDS)
        except TimeoutError:
            return False
        except PollError:
            # Somebody ended that shell; its df may hang on, and is seen as a process.
            self._df_hangs = True
        self._parked.asker.close()
        self._parked = None
        return True

    def question(self) -> str:
        """Return the line that asks about the mounts known from before, if it may be asked."""
        self._question = None
        if self.is_stuck or not self.local:
            return ""
        return self._ask()

    def answer(self, mountinfo: str, limit: Limit) -> tuple[Disk, ...] | Shortcoming:
        """Return the disks of the mounts in ``mountinfo``; asks again when they are news.

        Polls go on in a new shell without ``df`` until a hung one has ended, so there is
        never a second hung one. Raises ``PollError`` and ``OSError``.
        """
        self._note_mounts(mountinfo)
        if self._question is not None:
            expected = self._question.asked
            rows = self._rows(limit)
            if self.local == expected or self._parked is not None:
                return rows
        if self.local is None:
            return NO_MOUNTS
        if self.is_stuck:
            return DF_HANGS
        if not self.local:
            return ()
        self._shells.asker.say(self._ask(), limit.at)
        return self._rows(limit)

    def saw(self, rows: Sequence[ProcessRow], uptime_seconds: float, excused: int) -> None:
        """Look for a ``df`` that has been running for longer than it may take.

        It may be one of ours, left behind by a session that broke: another would hang
        beside it. So many are ``excused`` that are known to wait for a network.
        """
        table = ProcessTable.of(rows)
        if "df" not in table.names:
            self._df_hangs = False
            return
        # Half the patience, so that the one just given up is old enough for certain.
        newest = (uptime_seconds - PATIENCE_SECONDS / 2) * TICKS_PER_SECOND
        named = zip(table.names, table.started_ticks, strict=True)
        hung = sum([name == "df" and started < newest for name, started in named])
        self._df_hangs = hung > excused

    def _ask(self) -> str:
        assert self.local is not None
        marker = self._shells.asker.marker()
        self._question = _new_question(marker, self.local)
        return script.request("disks", marker, self._paths)

    def _note_mounts(self, mountinfo: str) -> None:
        if mountinfo == self.mountinfo:
            return
        self.mountinfo = mountinfo
        # Something is mounted everywhere; an empty list was not read.
        found = mounts(mountinfo) if mountinfo else None
        self.remote = tuple(mount for mount in found or () if mount.is_remote)
        self.local = None if found is None else tuple(one for one in found if not one.is_remote)
        self._paths = script.paths([one.mountpoint for one in self.local or ()])
        self.mountpoints = None if found is None else frozenset(map(shown_path, found))

    def _rows(self, limit: Limit) -> tuple[Disk, ...] | Shortcoming:
        """Return what was answered; when ``df`` hangs its shell is set aside."""
        question, self._question = self._question, None
        assert question is not None
        patience_at = min(limit.at, self._clock.monotonic() + PATIENCE_SECONDS)
        try:
            answered = self._shells.asker.answer(question.marker, patience_at)
        except TimeoutError:
            self._parked = _Parked(self._shells.set_aside(), question.marker)
            return DF_HANGS
        text = answered.get("disks", "")
        if (text, question.asked) != self._told[:2]:
            self._told = text, question.asked, disks(text, question.asked)
        # The very same disks as long as nothing changes, so that nobody looks at them again.
        found = self._told[2]
        return DF_FAILED if found is None else found
