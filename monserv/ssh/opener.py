"""Open a session on any server: over SSH, or on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.host_key import HostKeyReport, OfferedKey
from monserv.model.restriction import Attempt
from monserv.model.server import Reach, Server
from monserv.offload import CallRefused, CallTimeout, real_threads
from monserv.ssh.hostkeys import STORE, HostKeys, Onlooker, host_name, pinned_host
from monserv.ssh.identities import configured_key
from monserv.ssh.known_hosts import KnownHosts
from monserv.ssh.lease import Lease
from monserv.ssh.local import LocalSession
from monserv.ssh.names import Names
from monserv.ssh.private_key import KeyUnusableError
from monserv.ssh.session import Dialer, Session
from monserv.ssh.slots import Slots
from monserv.ssh.witness import NOBODY, Witness
from monserv.sshconfig import guide
from monserv.sshconfig.book import Book

# A handshake costs milliseconds of CPU on both sides; more at once only makes
# all of them slower.
HANDSHAKES_AT_ONCE = 16
KEY_SECONDS = 5.0
# An encrypted key is made to take long to open.
KEY_READERS = 2


class Opener:
    """Holds what all sessions share: host keys, threads for names, handshake slots.

    ``known_hosts`` are files of the user's own; ``is_strict`` as for ``HostKeys``.
    """

    def __init__(
        self,
        data_dir: Path,
        clock: Clock,
        book: Book | None = None,
        *,
        known_hosts: Sequence[Path] = (),
        is_strict: bool = False,
    ) -> None:
        self._clock = clock
        self._book = book
        self._names = Names()
        self._keys = real_threads("monserv-keys", KEY_READERS)
        self._disk = real_threads("monserv-hostkeys", 1)
        self._hostkeys = HostKeys(
            data_dir / STORE,
            KnownHosts(known_hosts),
            is_strict=is_strict,
            clock=clock,
            threads=self._disk,
        )
        handshakes = Slots(HANDSHAKES_AT_ONCE)
        self._dialer = Dialer(self._hostkeys, self._names, handshakes, clock)

    def open(self, server: Server, lease: Lease) -> Session:
        """Return a session on ``server``; raises ``PollError``."""
        return self._open(server, lease, self._dialer, NOBODY)

    def visit(self, server: Server, lease: Lease, witness: Witness) -> Session:
        """Return a session as ``open`` does, in no poller's way, and pin no host key."""
        return self._open(server, lease, self._visitor(witness), witness)

    def liberties(self, server: Server, lease: Lease) -> Iterator[Attempt]:
        """Log in on ``server``, pin no key, and try what a login that watches does not need.

        Raises ``PollError``.
        """
        visit = self._visitor(NOBODY).visit(self._led(server), lease)
        try:
            lease.hold(visit.abort)
            yield from visit.liberties()
        finally:
            visit.close()

    def _visitor(self, witness: Witness) -> Dialer:
        keys = Onlooker(self._hostkeys, witness)
        one = Slots(1)
        return Dialer(keys, self._names, one, self._clock, linger_seconds=0.0)

    def _open(self, server: Server, lease: Lease, dialer: Dialer, witness: Witness) -> Session:
        if server.credentials.problem is not None:
            raise PollError(Cause.CREDENTIALS_UNREADABLE, server.credentials.problem)
        if server.reach is Reach.LOCAL:
            return LocalSession()
        return dialer.connect(self._led(server), lease, witness)

    def _led(self, server: Server) -> Server:
        """Return where the SSH configuration leads; raises ``PollError``."""
        return server if self._book is None else guide.resolved(server, self._book)

    def takes_key(self, server: Server) -> bool:
        """Whether the host key for which ``server`` was refused would be taken by now."""
        try:
            led = self._led(server)
            return self._hostkeys.takes_refused(pinned_host(led), led.port)
        except PollError:
            # What cannot be read takes none.
            return False

    def forgive(self, server: Server) -> None:
        """Let the jump servers on the way to ``server`` be tried at once, whatever they refused."""
        with contextlib.suppress(PollError):
            self._dialer.forgive(self._led(server))

    def host_key(self, server: Server) -> HostKeyReport:
        """Return all there is to say of a server's host key; raises ``PollError``."""
        led = self._led(server)
        return self._hostkeys.report(pinned_host(led), led.port)

    def accept_key(self, server: Server, fingerprint: str) -> OfferedKey:
        """Trust the key that a server was refused for; raises as ``HostKeys.accept``."""
        led = self._led(server)
        return self._hostkeys.accept(pinned_host(led), led.port, fingerprint)

    def vouch_key(self, server: Server, fingerprint: str) -> None:
        """Trust the key that a server showed to a visit; raises as ``HostKeys.vouch``."""
        led = self._led(server)
        self._hostkeys.vouch(pinned_host(led), led.port, fingerprint)

    def key_names(self, server: Server) -> tuple[str, ...]:
        """Return under which names the keys of a server, and of those on the way, are kept.

        Its own is the last one. Raises ``PollError``.
        """
        led = self._led(server)
        way = [replace(hop, hops=led.hops[:count]) for count, hop in enumerate(led.hops)]
        return tuple(host_name(pinned_host(one), one.port) for one in (*way, led))

    def key_problem(self, server: Server) -> str | None:
        """Return why the private key that ``server`` names cannot be used, in a sentence.

        An encrypted key is made to take long to open, so that is done elsewhere.
        """
        if server.credentials.key_path is None:
            return None
        try:
            self._keys.call(KEY_SECONDS, lambda: configured_key(server))
        except (CallTimeout, CallRefused):
            return f"The key file {server.credentials.key_path} was not read in time"
        except KeyUnusableError as error:
            return str(error)
        return None

    def stop(self) -> None:
        """End the logins on jump servers, and let the threads go."""
        self._dialer.stop()
        self._names.stop()
        self._keys.stop()
        self._disk.stop()
