"""The talk with one server over one session: what is due is asked, and makes a sample."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.later import LaterMapping
from monserv.model.made_often import maker
from monserv.model.quality import Group
from monserv.model.sample import Sample
from monserv.model.usage import Usage
from monserv.poll import intake
from monserv.poll.cadences import Ask
from monserv.poll.census import Census
from monserv.poll.disk_view import DiskView
from monserv.poll.errands import Errands
from monserv.poll.notebook import Notebook
from monserv.poll.shells import Shells
from monserv.poll.space import Space
from monserv.poll.watchdog import Limit
from monserv.probe import counters, memory, processes, procfs, reading, script
from monserv.probe.mounts import Mount
from monserv.ssh.session import Session

# The first sample needs two readings of the CPU, a known distance apart.
FIRST_READING_GAP_SECONDS = 1.0

# What a poll waits for. The rest are errands, the likeliest to hang last. Members of an
# enumeration are looked up in Python, which a poll can do without.
MOUNTS, MEMORY, PROCESSES = Ask.MOUNTS, Ask.MEMORY, Ask.PROCESSES
WAITED_FOR = frozenset({MOUNTS, MEMORY, PROCESSES})
COST, INODES, REMOTE = Ask.COST, Ask.INODES, Ask.REMOTE
ERRANDS = (COST, Ask.LOGINS, Ask.SENSORS, INODES, Ask.UNITS, Ask.CONTAINERS, REMOTE)

# Answers that may lead to another question, which must not wait behind an errand.
LEADS_ON = frozenset({MOUNTS, PROCESSES})

# What the disks of a sample are made of, and what it shows as it was read, as ``Kept`` has it.
LOCAL_DISKS, LISTED = Group.DISKS, Group.PROCESSES
DISKS = (LOCAL_DISKS, Group.NETWORK_DISKS, Group.INODES)
SHOWN = (LISTED, Group.TEMPERATURES, Group.UNITS, Group.CONTAINERS, Group.LOGINS)


_new_kept = maker(reading.Kept)
_new_usage = maker(Usage)


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
        self._census = Census(self._shells, with_command_lines=notebook.with_command_lines)
        self._disks = DiskView()
        self._usage = Usage()
        self._polls = 0
        self._facts: reading.Facts | None = None
        self._before: reading.Reading | None = None
        self._device_links = ""
        self._hardware: frozenset[str] = frozenset()
        self._events: Mapping[str, int] = {}
        self._zfs_cache_bytes: int | None = None
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
        self._collect()
        if self._space.has_recovered():
            self._notebook.agenda.hasten(MOUNTS)
        before, after = self._before, self._read(self._facts, limit)
        self._before = after
        self._polls += 1
        return self._sample(self._facts, before, after)

    def usage(self) -> Usage:
        """Return what the session has used of the server so far."""
        sent, received = self._session.traffic()
        told, polls = self._usage, self._polls
        return _new_usage(polls, sent, received, told.forks, told.cpu_seconds, told.measured_polls)

    def may_rest(self, seconds: float) -> bool:
        """Whether the server may ask anything in that time, as ``Session.may_rest``."""
        return self._session.may_rest(seconds)

    def rest(self, seconds: float) -> bool:
        """Wait for what the server may ask, as ``Session.rest``."""
        return self._session.rest(seconds)

    def abort(self) -> None:
        """Wake whoever waits in here; safe from any thread."""
        self._session.abort()

    def close(self) -> None:
        """Let go of the session."""
        self._session.close()

    def _collect(self) -> None:
        """Take in what has come of the errands."""
        for answered in self._errands.collect():
            if answered.errand.ask is COST:
                self._usage = intake.usage(answered, self._usage, self._polls)
            else:
                intake.take(answered, self._notebook)

    def _read(self, facts: reading.Facts, limit: Limit) -> reading.Reading:
        """Ask for the counters and for what is due in one write, and take in the answers."""
        agenda, now = self._notebook.agenda, self._clock.monotonic()
        # Another session may be another mount namespace, so all is asked first of all.
        all_due = agenda.due(now)
        due = set(WAITED_FOR if self._is_new else WAITED_FOR & all_due)
        if MOUNTS in due and self._space.may_hang:
            # Only the list of processes tells that a df hangs no longer.
            due.add(PROCESSES)
        lines = self._space.question() if MOUNTS in due else ""
        has_last_word = due.isdisjoint(LEADS_ON)
        if has_last_word and (wanted := self._errands_among(all_due)):
            lines += self._errands.lines(wanted)
        answered = self._ask(["poll", *due], lines, limit)
        self._is_new = False
        if MEMORY in due:
            self._take_details(answered)
        after = _reading(answered, self._zfs_cache_bytes, self._before)
        self._check_boot(after)
        for ask in due:
            agenda.asked(ask, now)
        # What hangs is seen among the processes, before another df is asked.
        rows = processes.rows(answered.get("processes", "")) if PROCESSES in due else ()
        if PROCESSES in due:
            self._space.saw(rows, after.uptime_seconds, self._errands.hung_runs_of_df)
        if MOUNTS in due:
            self._take_hardware(answered.get("hardware", ""))
            remote = self._space.remote
            found = self._space.answer(answered.get("mounts", ""), limit)
            self._notebook.note(LOCAL_DISKS, MOUNTS, found)
            if self._space.remote != remote:
                agenda.hasten(REMOTE)
        if PROCESSES in due:
            seen = self._census.take(rows, after.uptime_seconds, facts, after.memory, limit)
            self._notebook.note(LISTED, PROCESSES, seen)
        wanted = {} if has_last_word else self._errands_among(all_due)
        if wanted and not self._may_wait(wanted, now) and (lines := self._errands.lines(wanted)):
            self._shells.asker.say(lines, limit.at)
        return after

    def _take_hardware(self, device_links: str) -> None:
        if device_links != self._device_links:
            self._device_links = device_links
            self._hardware = procfs.hardware_interfaces(device_links)

    def _take_details(self, answered: Mapping[str, str]) -> None:
        mountinfo = answered.get("mounts", "") or self._space.mountinfo
        self._zfs_cache_bytes = memory.zfs_cache_bytes(answered.get("arc", ""), mountinfo)
        self._events = LaterMapping(counters.events, answered.get("vmstat", ""))

    def _ask(self, verbs: Iterable[str], lines: str, limit: Limit) -> dict[str, str]:
        """Send ``verbs`` and ``lines`` in one write; return all sections of the former."""
        asker = self._shells.asker
        markers = [(verb, asker.marker()) for verb in verbs]
        asker.say("".join([script.request(*pair) for pair in markers]) + lines, limit.at)
        sections = asker.answer(markers[0][1], limit.at)
        for _, marker in markers[1:]:
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

    def _errands_among(self, due: frozenset[Ask]) -> dict[Ask, tuple[Mount, ...]]:
        """Return which errands are ``due``, with the mounts that they are about."""
        if due <= WAITED_FOR or not self._notebook.with_errands:
            return {}
        if self._space.is_stuck:
            # Another df would hang beside the one that does.
            due -= {INODES, REMOTE}
        if REMOTE in due and not self._space.remote:
            # Whatever is mounted later makes it due.
            self._notebook.agenda.asked(REMOTE, self._clock.monotonic())
        about = {INODES: self._space.local or (), REMOTE: self._space.remote}
        return {ask: about.get(ask, ()) for ask in ERRANDS if ask in due and about.get(ask, True)}

    def _may_wait(self, errands: Iterable[Ask], now: float) -> bool:
        """Whether ``errands`` can go with the question of the next poll, and not in a packet more.

        What was never asked is told as soon as it can be.
        """
        agenda = self._notebook.agenda
        return agenda.has_asked(errands) and LEADS_ON.isdisjoint(agenda.due_next(now))

    def _sample(
        self, facts: reading.Facts, before: reading.Reading, after: reading.Reading
    ) -> Sample:
        now = self._clock.monotonic()
        value, mounted = self._notebook.memory.values(now).get, self._space.mountpoints
        local, remote, inodes = map(value, DISKS)
        return reading.sample(
            facts,
            before,
            after,
            kept=_new_kept(
                self._hardware,
                self._events,
                self._disks.of(local, remote, inodes, mounted),
                mounted,
                *map(value, SHOWN),
            ),
            states=self._notebook.memory.states(now),
            taken_at=self._clock.now(),
        )


def _reading(
    answered: Mapping[str, str],
    zfs_cache_bytes: int | None = None,
    before: reading.Reading | None = None,
) -> reading.Reading:
    found = reading.reading(answered, zfs_cache_bytes, before)
    if found is None:
        raise PollError(Cause.BAD_OUTPUT, "The server's answer is not that of a Linux /proc")
    return found
