"""Who owns the processes that are shown; each is asked about once."""

from __future__ import annotations

from collections.abc import Sequence

from monserv.poll.shells import Shells
from monserv.poll.watchdog import Limit
from monserv.probe import processes, script
from monserv.probe.process_table import ProcessRow

# Those that use the CPU now and then come and go among the few that are shown, and each
# question is another round trip.
MOST_REMEMBERED = 24


class Owners:
    """The numeric users of the processes that are shown, and of some that were."""

    def __init__(self, shells: Shells) -> None:
        self._shells = shells
        self._shown: dict[tuple[int, int], int] = {}
        self._earlier: dict[tuple[int, int], int] = {}

    def of(self, shown: Sequence[ProcessRow], limit: Limit) -> dict[int, int]:
        """Return pid -> numeric user; only processes that are new are asked about."""
        keys = {(row.pid, row.started_ticks) for row in shown}
        if keys == self._shown.keys():
            return self._by_pid()
        known = self._earlier | self._shown
        self._shown = {key: known.pop(key) for key in keys & known.keys()}
        # Those that were shown last are the last ones.
        self._earlier = dict([*known.items()][-MOST_REMEMBERED:])
        unknown = sorted(keys - self._shown.keys())
        if unknown:
            marker = self._shells.asker.marker()
            pids = [str(pid) for pid, _ in unknown]
            self._shells.asker.say(script.request("owners", marker, pids), limit.at)
            answered = self._shells.asker.answer(marker, limit.at)
            told = processes.owners(answered.get("owners", ""))
            self._shown |= {key: told[key[0]] for key in unknown if key[0] in told}
        return self._by_pid()

    def _by_pid(self) -> dict[int, int]:
        return {pid: uid for (pid, _), uid in self._shown.items()}
