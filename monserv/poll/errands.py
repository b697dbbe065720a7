"""Questions for whose answers no poll waits: each is collected at a later poll.

A program that hangs (a dead network mount, a container engine that is stuck) then delays
nothing. Its shell is set aside, and it is not asked again while it hangs.
"""

from __future__ import annotations

from dataclasses import dataclass

from monserv.clock import Clock
from monserv.errors import PollError
from monserv.model.made_often import maker
from monserv.poll.asker import Asker
from monserv.poll.cadences import Agenda, Ask
from monserv.poll.shells import Shells
from monserv.poll.space import GLANCE_SECONDS
from monserv.probe import script
from monserv.probe.mounts import Mount


@dataclass(frozen=True, slots=True)
class Errand:
    """A question that is under way; ``mounts`` are those it asks about, if it does."""

    ask: Ask
    marker: str
    mounts: tuple[Mount, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an errand; ``sections`` are ``None`` when it hangs."""

    errand: Errand
    sections: dict[str, str] | None


_new_errand = maker(Errand)
_new_answered = maker(Answered)


class Errands:
    """The errands of one session."""

    def __init__(self, shells: Shells, agenda: Agenda, clock: Clock) -> None:
        self._shells = shells
        self._agenda = agenda
        self._clock = clock
        self._waiting: list[Errand] = []
        self._hung: list[tuple[Asker, Errand]] = []

    @property
    def hung_runs_of_df(self) -> int:
        """How many of them run ``df`` and hang."""
        return sum(errand.ask in (Ask.REMOTE, Ask.INODES) for _, errand in self._hung)

    def lines(self, wanted: dict[Ask, tuple[Mount, ...]]) -> str:
        """Return the lines that ask for what is wanted and does not hang already."""
        if not wanted:
            return ""
        hung = {errand.ask for _, errand in self._hung}
        text = ""
        for ask, mounts in wanted.items():
            if ask in hung:
                continue
            self._agenda.asked(ask, self._clock.monotonic())
            errand = _new_errand(ask, self._shells.asker.marker(), mounts)
            self._waiting.append(errand)
            paths = script.paths([mount.mountpoint for mount in mounts])
            text += script.request(ask, errand.marker, paths)
        return text

    def collect(self) -> list[Answered]:
        """Return what has come; raises ``PollError`` and ``OSError``.

        The shell works in order, so the first that is unanswered is the one that hangs,
        and those behind it are asked anew.
        """
        if not (self._waiting or self._hung):
            return []
        found = self._collect_hung() if self._hung else []
        waiting, self._waiting = self._waiting, []
        while waiting:
            errand = waiting.pop(0)
            answered = self._glance(self._shells.asker, errand)
            found.append(_new_answered(errand, answered))
            if answered is None:
                self._hung.append((self._shells.set_aside(), errand))
                self._agenda.pause(errand.ask, self._clock.monotonic())
                for other in waiting:
                    self._agenda.hasten(other.ask)
                break
        return found

    def _collect_hung(self) -> list[Answered]:
        found, still = [], []
        for asker, errand in self._hung:
            try:
                answered = self._glance(asker, errand)
            except PollError:
                # Somebody ended that shell; what hung in it waits for its pause to end.
                continue
            if answered is None:
                still.append((asker, errand))
                continue
            found.append(Answered(errand, answered))
            asker.close()
            self._agenda.asked(errand.ask, self._clock.monotonic())
        self._hung = still
        return found

    def _glance(self, asker: Asker, errand: Errand) -> dict[str, str] | None:
        try:
            return asker.answer(errand.marker, self._clock.monotonic() + GLANCE_SECONDS)
        except TimeoutError:
            return None
