"""Open a session on any server: over SSH, or on this machine."""

from __future__ import annotations

import threading
from pathlib import Path

from monserv.clock import Clock
from monserv.model.server import Reach, Server
from monserv.offload import real_threads
from monserv.ssh.dial import RESOLVERS
from monserv.ssh.hostkeys import HostKeys
from monserv.ssh.local import LocalSession
from monserv.ssh.session import Dialer, Lease, Session

# A handshake costs milliseconds of CPU on both sides; more at once only makes
# all of them slower.
HANDSHAKES_AT_ONCE = 16


class Opener:
    """Holds what all sessions share: pinned keys, resolver threads, handshake slots."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._resolvers = real_threads("monserv-resolver", RESOLVERS)
        self._dialer = Dialer(
            HostKeys(data_dir / "known_hosts"),
            self._resolvers,
            threading.Semaphore(HANDSHAKES_AT_ONCE),
            clock,
        )

    def open(self, server: Server, lease: Lease) -> Session:
        """Return a session on ``server``; raises ``PollError``."""
        if server.reach is Reach.LOCAL:
            return LocalSession()
        return self._dialer.connect(server, lease)

    def stop(self) -> None:
        """Let the resolver threads go."""
        self._resolvers.stop()
