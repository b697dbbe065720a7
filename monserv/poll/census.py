"""The processes of one server, from one list of all to the next."""

from __future__ import annotations

from collections.abc import Sequence

from monserv.model.sample import Memory, Processes
from monserv.poll.command_lines import CommandLines
from monserv.poll.owners import Owners
from monserv.poll.shells import Shells
from monserv.poll.watchdog import Limit
from monserv.probe.capabilities import NO_PROCESSES, Shortcoming
from monserv.probe.process_table import ProcessRow
from monserv.probe.reading import Facts
from monserv.probe.tops import ProcessList, Ticks, processes, tops


class Census:
    """Asks what is still to be known of the processes that are shown."""

    def __init__(self, shells: Shells, *, with_command_lines: bool) -> None:
        self._owners = Owners(shells)
        self._commands = CommandLines(shells) if with_command_lines else None
        self._before: Ticks | None = None

    def take(
        self,
        rows: Sequence[ProcessRow],
        uptime_seconds: float,
        facts: Facts,
        memory: Memory | None,
        limit: Limit,
    ) -> Processes | Shortcoming:
        """Return the processes that ``rows`` tell of."""
        now, before = ProcessList(uptime_seconds, rows), self._before
        self._before = Ticks.of(now)
        chosen = tops(now, before, facts, memory)
        if isinstance(chosen, Shortcoming):
            return chosen
        if memory is None:
            return NO_PROCESSES
        owners = self._owners.of(chosen.shown, limit)
        commands = {} if self._commands is None else self._commands.of(chosen.shown, limit)
        return processes(chosen, now, facts, memory, owners=owners, commands=commands)
