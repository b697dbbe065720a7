"""Ask a server everything that the probe can tell, once: what a recording is made of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from monserv.clock import Clock
from monserv.poll.shells import Shells
from monserv.poll.watchdog import Limit
from monserv.probe import processes, script
from monserv.probe.mounts import mounts
from monserv.ssh.session import Session

# Polls are so far apart, for rates.
GAP_SECONDS = 1.0

# The script bounds each program that may hang, where it can; engines are two.
ANSWER_SECONDS = 2.0 * script.TOOL_SECONDS + 4.0

Answer = dict[str, str]


class Interview:
    """One talk with one server; ``hear`` is told which questions hang."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        stopping: threading.Event,
        hear: Callable[[str], None],
    ) -> None:
        self._shells = Shells(session, clock)
        self._clock = clock
        self._stopping = stopping
        self._hear = hear

    def answers(self, limit: Limit) -> list[Answer]:
        """Return the answers in the order of asking; what hangs has none.

        Raises ``PollError``; ``OSError`` when the connection fails or the limit passes.
        """
        found = [self._ask("facts", limit), self._ask("poll", limit)]
        self._stopping.wait(GAP_SECONDS)
        asked = self._ask("mounts", limit)
        listed = self._ask("processes", limit)
        found += [self._ask("poll", limit), asked, listed]
        found += [
            self._ask(verb, limit)
            for verb in ("memory", "sensors", "units", "containers", "logins", "cost")
        ]
        shown = processes.largest(processes.rows(listed.get("processes", "")))
        found.append(self._ask("owners", limit, [str(row.pid) for row in shown]))
        seen = mounts(asked.get("mounts", ""))
        local = script.paths([one.mountpoint for one in seen if not one.is_remote])
        remote = script.paths([one.mountpoint for one in seen if one.is_remote])
        # Those that may hang come last.
        for verb, paths in (("disks", local), ("inodes", local), ("remote", remote)):
            if paths:
                found.append(self._ask(verb, limit, paths))
        return [answer for answer in found if answer]

    def _ask(self, verb: str, limit: Limit, arguments: Sequence[str] = ()) -> Answer:
        """Return the sections of one answer; of one that hangs, none, in a new shell."""
        asker = self._shells.asker
        marker = asker.marker()
        seconds = ANSWER_SECONDS + (len(arguments) * script.DF_SECONDS if verb == "remote" else 0)
        limit_at = min(limit.at, self._clock.monotonic() + seconds)
        try:
            asker.say(script.request(verb, marker, arguments), limit_at)
            return asker.answer(marker, limit_at)
        except TimeoutError:
            if self._clock.monotonic() >= limit.at:
                raise
            self._hear(verb)
            self._shells.set_aside()
            return {}
