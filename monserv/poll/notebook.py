"""What is known of one server from one session to the next."""

from __future__ import annotations

from monserv.clock import Clock
from monserv.model.quality import Group
from monserv.poll.cadences import Agenda, Ask
from monserv.poll.memory import Memory
from monserv.probe.capabilities import Shortcoming


class Notebook:
    """When each question is due, and the last answer to it.

    Without ``with_errands`` nothing is asked whose answer only a later poll would collect.
    """

    def __init__(
        self,
        interval_seconds: float,
        phase: float,
        clock: Clock,
        *,
        with_command_lines: bool = False,
        with_errands: bool = True,
    ) -> None:
        self.agenda = Agenda(interval_seconds, phase)
        self.memory = Memory()
        self.with_command_lines = with_command_lines
        self.with_errands = with_errands
        self._clock = clock
        self._boot_id = ""

    def note(self, group: Group, ask: Ask, found: object) -> None:
        """Write down what came of ``ask``: a value, or why there is none."""
        if isinstance(found, Shortcoming):
            self.memory.fail(group, found)
            return
        cadence, now = self.agenda.cadence_seconds(ask), self._clock.monotonic()
        self.memory.keep(group, found, cadence, now, self._clock.now())

    def is_of_boot(self, boot_id: str) -> None:
        """Forget what was known before the server began anew."""
        if boot_id != self._boot_id:
            self._boot_id = boot_id
            self.forget()

    def forget(self) -> None:
        """Know nothing, so that everything is due."""
        self.memory.forget()
        self.agenda.restart()
