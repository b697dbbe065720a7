"""Who owns the processes that are shown; each is asked about once."""

from __future__ import annotations

from collections.abc import Sequence

from monserv.poll.shells import Shells
from monserv.poll.watchdog import Limit
from monserv.probe import processes, script
from monserv.probe.process_table import ProcessRow


class Owners:
    """The numeric users of the processes that were shown last."""

    def __init__(self, shells: Shells) -> None:
        self._shells = shells
        self._known: dict[tuple[int, int], int] = {}

    def of(self, shown: Sequence[ProcessRow], limit: Limit) -> dict[int, int]:
        """Return pid -> numeric user; only processes that are new are asked about."""
        keys = {(row.pid, row.started_ticks) for row in shown}
        if keys == self._known.keys():
            return self._by_pid()
        self._known = {key: uid for key, uid in self._known.items() if key in keys}
        unknown = sorted(keys - self._known.keys())
        if unknown:
            marker = self._shells.asker.marker()
            pids = [str(pid) for pid, _ in unknown]
            self._shells.asker.say(script.request("owners", marker, pids), limit.at)
            answered = self._shells.asker.answer(marker, limit.at)
            told = processes.owners(answered.get("owners", ""))
            self._known |= {key: told[key[0]] for key in unknown if key[0] in told}
        return self._by_pid()

    def _by_pid(self) -> dict[int, int]:
        return {pid: uid for (pid, _), uid in self._known.items()}
