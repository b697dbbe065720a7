"""The talk with one server over one session: the script once, then a line a poll."""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
from dataclasses import dataclass

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.sample import Disk, Sample
from monserv.poll.watchdog import Limit
from monserv.probe import disks as disk_rows
from monserv.probe import mounts as mount_rows
from monserv.probe import processes, reading, script, sections
from monserv.probe.text import clean
from monserv.ssh.session import Session, Shell

# A box with ten thousand processes answers with about 3 MB.
MAX_ANSWER_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 65536

# The first sample needs two readings of the CPU, a known distance apart.
FIRST_READING_GAP_SECONDS = 1.0

# df answers in milliseconds, or hangs on a dead mount for minutes.
DISKS_PATIENCE_SECONDS = 2.0

# USER_HZ, which is fixed for programs on every architecture that Linux still runs on.
TICKS_PER_SECOND = 100

_EXPIRED = re.compile(r"password (change required|(has |is )?expired)", re.IGNORECASE)


class Asker:
    """Sends lines to one shell and reads the answers up to their end mark."""

    def __init__(self, shell: Shell, clock: Clock) -> None:
        self._shell = shell
        self._clock = clock
        self._received = bytearray()
        self._secret = secrets.token_hex(16)
        self._count = 0
        self._shell.settimeout(DISKS_PATIENCE_SECONDS)
        self._send(script.SCRIPT)

    def marker(self) -> str:
        """Return a mark for the next answer; no two answers share one."""
        self._count += 1
        return f"{self._secret}.{self._count}"

    def say(self, line: str, limit_at: float) -> None:
        """Send ``line``."""
        self._shell.settimeout(self._left(limit_at))
        self._send(line)

    def answer(self, marker: str, limit_at: float) -> dict[str, str]:
        """Return the sections of the answer with ``marker``; raises ``TimeoutError``."""
        end = sections.end_line(marker)
        searched = 0
        while (found := self._received.find(end, searched)) < 0:
            searched = max(0, len(self._received) - len(end))
            if len(self._received) > MAX_ANSWER_BYTES:
                raise PollError(
                    Cause.BAD_OUTPUT, f"The server sent more than {MAX_ANSWER_BYTES} bytes"
                )
            self._shell.settimeout(self._left(limit_at))
            chunk = self._shell.recv(CHUNK_BYTES)
            if not chunk:
                raise self._end()
            self._received += chunk
        answer = bytes(self._received[: found + len(end)])
        del self._received[: found + len(end)]
        return sections.cut(answer, marker)

    def close(self) -> None:
        """Let go of the shell."""
        self._shell.close()

    def _send(self, text: str) -> None:
        # What a shell that has ended said before is still to be read, with its end.
        with contextlib.suppress(BrokenPipeError):
            self._shell.sendall(text.encode("utf-8", "surrogateescape"))

    def _left(self, limit_at: float) -> float:
        left = limit_at - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _end(self) -> PollError:
        """Return how the shell ended, with the last thing it said."""
        if self._count > 1:
            return PollError(
                Cause.SHELL_UNUSABLE, "The shell on the server ended in the middle of a poll"
            )
        lines = bytes(self._received[-1024:]).decode("utf-8", "replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        said = f"; it said: {clean(last, 120)}" if last else ""
        if any(_EXPIRED.search(line) for line in lines):
            # sshd lets such a user in, and ends the session that is no terminal.
            return PollError(
                Cause.AUTHENTICATION_FAILED, f"The password has expired and must be changed{said}"
            )
        return PollError(
            Cause.SHELL_UNUSABLE, f"The login shell is not usable: it ended at once{said}"
        )


@dataclass(frozen=True, slots=True)
class _Parked:
    """A shell in which ``df`` hangs, and the mark of the answer it still owes."""

    asker: Asker
    marker: str


class Conversation:
    """Polls one server over one session; used by one thread."""

    def __init__(self, session: Session, clock: Clock, stopping: threading.Event) -> None:
        self._session = session
        self._clock = clock
        self._stopping = stopping
        self._asker = Asker(session.open_shell(), clock)
        self._facts: reading.Facts | None = None
        self._before: reading.Reading | None = None
        self._mounts: tuple[mount_rows.Mount, ...] | None = None
        self._mountinfo = ""
        self._owners: dict[tuple[int, int], int] = {}
        self._parked: _Parked | None = None
        self._df_hangs = False

    def poll(self, limit: Limit) -> Sample:
        """Take one sample; the first one takes two readings a second apart.

        Raises ``PollError``; ``TimeoutError`` and ``OSError`` when the connection fails.
        """
        if self._facts is None:
            marker = self._asker.marker()
            self._asker.say(script.facts_line(marker), limit.at)
            self._facts = reading.facts(self._asker.answer(marker, limit.at))
        if self._before is None:
            self._before, _ = self._read(limit)
            self._stopping.wait(FIRST_READING_GAP_SECONDS)
        before = self._before
        after, disks = self._read(limit)
        if after.boot_id != before.boot_id or after.uptime_seconds < before.uptime_seconds:
            # A container that was restarted under our shell: its counters began anew.
            self._before = None
            raise PollError(Cause.BAD_OUTPUT, "The server was restarted between two readings")
        self._before = after
        owners = self._owners_of(processes.largest(after.processes), limit)
        return reading.sample(
            self._facts,
            before,
            after,
            disks=disks,
            mounts=self._mounts,
            owners=owners,
            taken_at=self._clock.now(),
        )

    def abort(self) -> None:
        """Wake whoever waits in here; safe from any thread."""
        self._session.abort()

    def close(self) -> None:
        """Let go of the session."""
        self._session.close()

    def _read(self, limit: Limit) -> tuple[reading.Reading, tuple[Disk, ...] | None]:
        """Ask for counters and disks in one write, and read both answers."""
        marker, disks_marker = self._asker.marker(), self._asker.marker()
        expected = self._mounts
        lines = script.poll_line(marker)
        ask_disks = self._parked is None and not self._df_hangs and bool(expected)
        if ask_disks and expected is not None:
            lines += script.disks_line(disks_marker, [mount.mountpoint for mount in expected])
        self._asker.say(lines, limit.at)
        answered = self._asker.answer(marker, limit.at)
        now = reading.reading(answered)
        if now is None:
            raise PollError(Cause.BAD_OUTPUT, "The server's answer is not that of a Linux /proc")
        self._df_hangs = _is_df_hanging(now)
        self._note_mounts(answered.get("mounts", ""))
        if ask_disks and expected is not None:
            rows = self._disk_rows(disks_marker, expected, limit)
            if self._mounts == expected or self._parked is not None:
                return now, rows
        if self._parked is None and not self._df_hangs and self._mounts:
            # The mounts are news: the first poll, or somebody mounted something.
            marker = self._asker.marker()
            wanted = [mount.mountpoint for mount in self._mounts]
            self._asker.say(script.disks_line(marker, wanted), limit.at)
            return now, self._disk_rows(marker, self._mounts, limit)
        is_unknown = self._still_parked() or self._df_hangs or self._mounts is None
        return now, None if is_unknown else ()

    def _note_mounts(self, mountinfo: str) -> None:
        if mountinfo != self._mountinfo:
            self._mountinfo = mountinfo
            # Something is mounted everywhere; an empty list was not read.
            self._mounts = mount_rows.mounts(mountinfo) if mountinfo else None

    def _disk_rows(
        self, marker: str, asked: tuple[mount_rows.Mount, ...], limit: Limit
    ) -> tuple[Disk, ...] | None:
        """Return the disks, or ``None`` when ``df`` hangs: then its shell is parked.

        Polls go on in a new shell without ``df`` until the hung one has ended, so
        there is never a second hung one.
        """
        patience_at = min(limit.at, self._clock.monotonic() + DISKS_PATIENCE_SECONDS)
        try:
            answered = self._asker.answer(marker, patience_at)
        except TimeoutError:
            self._parked = _Parked(self._asker, marker)
            self._asker = Asker(self._session.open_shell(), self._clock)
            return None
        return disk_rows.disks(answered.get("disks", ""), asked)

    def _still_parked(self) -> bool:
        """Whether a ``df`` still hangs; a shell whose ``df`` ended is let go."""
        if self._parked is None:
            return False
        try:
            self._parked.asker.answer(self._parked.marker, self._clock.monotonic() + 0.01)
        except TimeoutError:
            return True
        except PollError:
            # Somebody ended that shell; its df may hang on, and is seen as a process.
            pass
        self._parked.asker.close()
        self._parked = None
        return True

    def _owners_of(self, top: tuple[processes.ProcessRow, ...], limit: Limit) -> dict[int, int]:
        """Return pid -> numeric user; only processes new to the top are asked about."""
        known = {(row.pid, row.started_ticks) for row in top}
        self._owners = {key: uid for key, uid in self._owners.items() if key in known}
        unknown = [row for row in top if (row.pid, row.started_ticks) not in self._owners]
        if unknown:
            marker = self._asker.marker()
            self._asker.say(script.owners_line(marker, [row.pid for row in unknown]), limit.at)
            told = processes.owners(self._asker.answer(marker, limit.at).get("owners", ""))
            for row in unknown:
                if row.pid in told:
                    self._owners[row.pid, row.started_ticks] = told[row.pid]
        return {pid: uid for (pid, _), uid in self._owners.items()}


def _is_df_hanging(now: reading.Reading) -> bool:
    """Whether a ``df`` has been running for longer than it may take.

    It may be one of ours, left behind by a session that broke: another would hang
    beside it.
    """
    # Half the patience, so that the one just given up is old enough for certain.
    newest = now.uptime_seconds - DISKS_PATIENCE_SECONDS / 2
    return any(
        row.name == "df" and row.started_ticks / TICKS_PER_SECOND < newest for row in now.processes
    )
