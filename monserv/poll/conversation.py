"""The talk with one server over one session: what is due is asked, and makes a sample."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.quality import Group
from monserv.model.sample import Disk, Sample
from monserv.poll.cadences import Ask
from monserv.poll.errands import Answered, Errands
from monserv.poll.notebook import Notebook
from monserv.poll.owners import Owners
from monserv.poll.shells import Shells
from monserv.poll.space import Space
from monserv.poll.watchdog import Limit
from monserv.probe import capabilities, processes, procfs, reading, script, tops
from monserv.probe.disks import disks
from monserv.probe.mounts import Mount
from monserv.ssh.session import Session

# The first sample needs two readings of the CPU, a known distance apart.
FIRST_READING_GAP_SECONDS = 1.0

# What a poll waits for. The rest are errands, the likeliest to hang last.
WAITED_FOR = (Ask.MOUNTS, Ask.PROCESSES)
ERRANDS = (Ask.REMOTE,)


class Conversation:
    """Polls one server over one session; used by one thread."""

    def __init__(
        self, session: Session, clock: Clock, stopping: threading.Event, notebook: Notebook
    ) -> None:
        self._session = session
        self._clock = clock
        self._stopping = stopping
        self._notebook = notebook
        self._shells = Shells(session, clock)
        self._space = Space(self._shells, clock)
        self._errands = Errands(self._shells, notebook.agenda, clock)
        self._owners = Owners(self._shells)
        self._facts: reading.Facts | None = None
        self._before: reading.Reading | None = None
        self._hardware: frozenset[str] = frozenset()
        self._is_new = True

    def poll(self, limit: Limit) -> Sample:
        """Take one sample; the first one takes two readings a second apart.

        Raises ``PollError``; ``TimeoutError`` and ``OSError`` when the connection fails.
        """
        if self._facts is None:
            self._facts = reading.facts(self._ask(["facts"], "", limit))
        if self._before is None:
            self._before = _reading(self._ask(["poll"], "", limit))
            self._notebook.is_of_boot(self._before.boot_id)
            self._stopping.wait(FIRST_READING_GAP_SECONDS)
        for answered in self._errands.collect():
            self._take(answered)
        if self._space.has_recovered():
            self._notebook.agenda.hasten(Ask.MOUNTS)
        before, after = self._before, self._read(self._facts, limit)
        self._before = after
        return self._sample(self._facts, before, after)

    def abort(self) -> None:
        """Wake whoever waits in here; safe from any thread."""
        self._session.abort()

    def close(self) -> None:
        """Let go of the session."""
        self._session.close()

    def _read(self, facts: reading.Facts, limit: Limit) -> reading.Reading:
        """Ask for the counters and for what is due in one write, and take in the answers."""
        agenda, now = self._notebook.agenda, self._clock.monotonic()
        # Another session may be another mount namespace, so what is mounted is asked first of all.
        due = list(WAITED_FOR if self._is_new else agenda.due(WAITED_FOR, now))
        if Ask.MOUNTS in due and self._space.may_hang and Ask.PROCESSES not in due:
            # Only the list of processes tells that a df hangs no longer.
            due.append(Ask.PROCESSES)
        lines = self._space.question() if Ask.MOUNTS in due else ""
        if not due:
            # No answer leads to another question, which would wait behind an errand.
            lines += self._errands.lines(self._due_errands(now))
        answered = self._ask(["poll", *due], lines, limit)
        self._is_new = False
        after = _reading(answered)
        self._check_boot(after)
        for ask in due:
            agenda.asked(ask, now)
        rows = processes.rows(answered["processes"]) if Ask.PROCESSES in due else ()
        if Ask.PROCESSES in due:
            self._space.saw(rows, after.uptime_seconds)
        if Ask.MOUNTS in due:
            self._hardware = procfs.hardware_interfaces(answered.get("hardware", ""))
            found = self._space.answer(answered.get("mounts", ""), limit)
            self._notebook.note(Group.DISKS, Ask.MOUNTS, found)
        if Ask.PROCESSES in due:
            owners = self._owners.of(processes.largest(rows), limit)
            top = tops.processes(facts, rows, after.memory, owners)
            self._notebook.note(Group.PROCESSES, Ask.PROCESSES, top)
        if due and (lines := self._errands.lines(self._due_errands(now))):
            self._shells.asker.say(lines, limit.at)
        return after

    def _ask(self, verbs: Iterable[str], lines: str, limit: Limit) -> dict[str, str]:
        """Send ``verbs`` and ``lines`` in one write; return all sections of the former."""
        asker = self._shells.asker
        markers = [(verb, asker.marker()) for verb in verbs]
        asker.say("".join(script.request(*pair) for pair in markers) + lines, limit.at)
        sections: dict[str, str] = {}
        for _, marker in markers:
            sections |= asker.answer(marker, limit.at)
        return sections

    def _check_boot(self, after: reading.Reading) -> None:
        before = self._before
        assert before is not None
        if after.boot_id != before.boot_id or after.uptime_seconds < before.uptime_seconds:
            # A container that was restarted under our shell: its counters began anew.
            self._before = None
            self._notebook.forget()
            raise PollError(Cause.BAD_OUTPUT, "The server was restarted between two readings")

    def _due_errands(self, now: float) -> dict[Ask, tuple[Mount, ...]]:
        due = self._notebook.agenda.due(ERRANDS, now)
        mounts = {Ask.REMOTE: self._space.remote}
        return {ask: mounts.get(ask, ()) for ask in ERRANDS if ask in due and mounts.get(ask, True)}

    def _take(self, answered: Answered) -> None:
        """Write down what came of an errand."""
        errand, sections = answered.errand, answered.sections
        hangs = sections is None or "! timeout" in sections.get("remote", "")
        if sections is not None:
            found = disks(sections.get("remote", ""), errand.mounts)
            if found is not None:
                self._notebook.note(Group.NETWORK_DISKS, errand.ask, found)
        if hangs:
            self._notebook.note(Group.NETWORK_DISKS, errand.ask, capabilities.REMOTE_HANGS)

    def _sample(
        self, facts: reading.Facts, before: reading.Reading, after: reading.Reading
    ) -> Sample:
        memory, now = self._notebook.memory, self._clock.monotonic()
        return reading.sample(
            facts,
            before,
            after,
            kept=reading.Kept(
                hardware=self._hardware,
                disks=self._disks(now),
                mountpoints=self._space.mountpoints,
                processes=memory.value(Group.PROCESSES, now),
            ),
            states=memory.states(now),
            taken_at=self._clock.now(),
        )

    def _disks(self, now: float) -> tuple[Disk, ...] | None:
        """Return the disks that are known of what is mounted now."""
        memory, mounted = self._notebook.memory, self._space.mountpoints
        local = memory.value(Group.DISKS, now)
        if local is None or mounted is None:
            return None
        remote = memory.value(Group.NETWORK_DISKS, now) or ()
        return tuple(disk for disk in (*local, *remote) if disk.mountpoint in mounted)


def _reading(answered: dict[str, str]) -> reading.Reading:
    found = reading.reading(answered)
    if found is None:
        raise PollError(Cause.BAD_OUTPUT, "The server's answer is not that of a Linux /proc")
    return found
