"""The shells of one session: the one that is talked to, in place of one that hangs."""

from __future__ import annotations

from monserv.clock import Clock
from monserv.poll.asker import Asker
from monserv.ssh.session import Session


class Shells:
    """``asker`` is the shell that answers."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self.asker = Asker(session.open_shell(), clock)

    def set_aside(self) -> Asker:
        """Go on in a new shell, and return the one that hangs; raises ``PollError``."""
        hung, self.asker = self.asker, Asker(self._session.open_shell(), self._clock)
        return hung
