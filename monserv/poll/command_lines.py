"""The command lines of the processes that are shown, where the operator turned them on."""

from __future__ import annotations

from collections.abc import Sequence

from monserv.poll.shells import Shells
from monserv.poll.watchdog import Limit
from monserv.probe import commands, script
from monserv.probe.process_table import ProcessRow


class CommandLines:
    """Each is asked for once, and kept with its secrets masked."""

    def __init__(self, shells: Shells) -> None:
        self._shells = shells
        self._known: dict[tuple[int, int], str] = {}

    def of(self, shown: Sequence[ProcessRow], limit: Limit) -> dict[int, str]:
        """Return pid -> command line; only processes that are new are asked about."""
        keys = {(row.pid, row.started_ticks) for row in shown}
        self._known = {key: line for key, line in self._known.items() if key in keys}
        unknown = sorted(keys - self._known.keys())
        if unknown:
            marker = self._shells.asker.marker()
            pids = [str(pid) for pid, _ in unknown]
            self._shells.asker.say(script.request("commands", marker, pids), limit.at)
            answer = self._shells.asker.answer(marker, limit.at)
            for key in unknown:
                self._known[key] = commands.line(answer.get(f"command {key[0]}", ""))
        return {pid: line for (pid, _), line in self._known.items()}
