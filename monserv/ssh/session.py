"""A login on a server, and the shells opened on it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, TypeVar

from paramiko.pkey import PKey
from paramiko.ssh_exception import SSHException

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.restriction import Attempt
from monserv.model.server import Server
from monserv.model.trial import Step
from monserv.ssh import restrictions
from monserv.ssh.channels import Channels
from monserv.ssh.credentials import log_in
from monserv.ssh.dial import await_greeting, dial, peek
from monserv.ssh.handshake import agree
from monserv.ssh.hostkeys import pinned_host
from monserv.ssh.jump import LINGER_SECONDS, Jumps
from monserv.ssh.lease import Lease
from monserv.ssh.lines import Carrier, Line
from monserv.ssh.names import Names
from monserv.ssh.slots import Held, Slots, Turn
from monserv.ssh.transport import (
    LentTransport,
    QuietTransport,
    Traffic,
    shut_down,
    words,
)
from monserv.ssh.wires import Wire
from monserv.ssh.witness import NOBODY, Witness

T = TypeVar("T", bound=QuietTransport)

GREETING_SECONDS = 5.0
# Five thousand servers that begin at once have all had their turn by then, unless others use
# the processor; and before sshd ends who has not logged in within two minutes.
QUEUE_SECONDS = 100.0

# ``exec`` leaves no login shell waiting behind ours; csh, fish and the rest
# understand this line as well.
SHELL_COMMAND = b"exec /bin/sh"


class Shell(Protocol):
    """A stream to and from a shell; a socket is one. Failures are ``OSError``."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of ``data``; ``BrokenPipeError`` when the shell is known to have ended."""

    def recv(self, nbytes: int, /) -> bytes:
        """Return what has arrived, ``b""`` at the end of the stream."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Bound each later call; they raise ``TimeoutError``."""

    def close(self) -> None:
        """Let go of the stream."""


class Session(Protocol):
    """A login on a server."""

    def open_shell(self) -> Shell:
        """Start ``/bin/sh``; raises ``PollError``, ``OSError`` when the connection ended."""

    def may_rest(self, seconds: float, /) -> bool:
        """Whether the server may ask anything in that time between two polls."""

    def rest(self, seconds: float, /) -> bool:
        """Wait between two polls for what the server may ask; ``abort`` ends the wait.

        Returns at once, and false, when it asks for nothing in that time.
        """

    def traffic(self) -> Traffic:
        """Return how much came and went so far."""

    def abort(self) -> None:
        """Wake everything that waits on this session; safe from any thread, never waits."""

    def close(self) -> None:
        """Let go of the login and of all its shells."""


class SshSession:
    """A login over SSH; used by one thread, but for ``abort``."""

    def __init__(self, transport: LentTransport, clock: Clock) -> None:
        self._transport = transport
        self._channels = Channels(transport, clock)

    def open_shell(self) -> Shell:
        """Start ``/bin/sh`` on a channel of its own."""
        return self._channels.open_shell(SHELL_COMMAND)

    def may_rest(self, seconds: float, /) -> bool:
        """Whether the server may ask anything in that time between two polls."""
        return self._channels.may_rest(seconds)

    def rest(self, seconds: float, /) -> bool:
        """Wait between two polls for what the server may ask, if it does."""
        return self._channels.rest(seconds)

    def traffic(self) -> Traffic:
        """Return how much came and went since the login began."""
        return self._transport.traffic()

    def abort(self) -> None:
        """Wake everything that waits on this session."""
        self._transport.abort()

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.finish()
        self._channels.close()


class Visit:
    """A login that tries what one that only watches does not need."""

    def __init__(self, transport: QuietTransport) -> None:
        self._transport = transport
        self.abort = transport.abort
        self.close = transport.finish

    def liberties(self) -> Iterator[Attempt]:
        """Try one after the other; raises ``PollError``."""
        try:
            yield from restrictions.attempts(self._transport)
        except (SSHException, EOFError, OSError) as error:
            text = f"The connection ended while something was tried: {words(error)}"
            raise PollError(Cause.UNREACHABLE, text) from None


class Pins(Protocol):
    """Which host keys are known, and what becomes of one that is shown."""

    def pinned_types(self, host: str, port: int) -> tuple[str, ...]:
        """Return the key types that a server should be asked for first."""

    def check(self, host: str, port: int, key_type: str, key_base64: str) -> None:
        """Accept the key that a server shows; raises ``PollError``."""

    def takes_refused(self, host: str, port: int) -> bool:
        """Whether the key that was refused last would not be refused any more."""


class Dialer:
    """Opens SSH sessions; a bounded number of handshakes at once."""

    def __init__(
        self,
        hostkeys: Pins,
        names: Names,
        handshakes: Slots,
        clock: Clock,
        *,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self._hostkeys = hostkeys
        self._names = names
        self._handshakes = handshakes
        self._clock = clock
        self._jumps = Jumps(self._carrier, clock, linger_seconds, self._takes_key)

    def connect(self, server: Server, lease: Lease, witness: Witness = NOBODY) -> SshSession:
        """Log in on ``server``; raises ``PollError``.

        ``witness`` hears of each step, and ``lease`` is told of the connection as soon as
        there is one, so that its holder can abort it at a deadline.
        """
        return SshSession(self._connected(LentTransport, server, lease, witness), self._clock)

    def visit(self, server: Server, lease: Lease) -> Visit:
        """Log in on ``server`` to try what it allows; raises as ``connect``."""
        return Visit(self._connected(QuietTransport, server, lease, NOBODY))

    def _connected(
        self, kind: Callable[[Wire], T], server: Server, lease: Lease, witness: Witness
    ) -> T:
        wire = self._wire(server, lease, witness)
        try:
            return self._log_in(kind, wire, server, lease, witness)
        except PollError as error:
            if isinstance(wire, Line) and not wire.carrier.is_active():
                raise PollError(
                    Cause.PARENT_DOWN,
                    f"The connection to the jump server {wire.carrier.label} broke off: {error}",
                ) from None
            raise

    def _takes_key(self, jump: Server) -> bool:
        try:
            return self._hostkeys.takes_refused(pinned_host(jump), jump.port)
        except PollError:
            # A store that cannot be read takes none.
            return False

    def forgive(self, server: Server) -> None:
        """Let the jump servers on the way to ``server`` be tried at once."""
        self._jumps.forgive(server)

    def stop(self) -> None:
        """End the logins on jump servers."""
        self._jumps.stop()

    def _wire(self, server: Server, lease: Lease, witness: Witness) -> socket.socket | Line:
        if server.jump and not server.hops:
            # Reached directly, the same address may be another machine.
            raise PollError(
                Cause.PARENT_DOWN,
                f"Its jump server {server.jump} is none of the servers, or leads back to it",
            )
        # A store of keys that cannot be read is no reason to connect, only to leave again.
        self._hostkeys.pinned_types(pinned_host(server), server.port)
        if not server.hops:
            return dial(server.host, server.port, self._names, self._clock, witness)
        line = self._jumps.line(server, lease, witness)
        witness.reached(Step.TCP)
        return line

    def _carrier(self, jump: Server, lease: Lease) -> Carrier:
        """Log in on a jump server, which itself may be behind another one."""
        if jump.credentials.problem is not None:
            raise PollError(Cause.CREDENTIALS_UNREADABLE, jump.credentials.problem)
        wire = self._wire(jump, lease, NOBODY)
        kind = partial(Carrier, label=jump.name, clock=self._clock)
        return self._log_in(kind, wire, jump, lease, NOBODY)

    def _log_in(
        self,
        kind: Callable[[Wire], T],
        wire: socket.socket | Line,
        server: Server,
        lease: Lease,
        witness: Witness,
    ) -> T:
        transport: T | None = None
        try:
            turn = Turn()

            def give_up() -> None:
                turn.give_up()
                shut_down(wire)

            lease.hold(give_up)
            peek_at = wire.peek if isinstance(wire, Line) else partial(peek, wire)
            greeting = await_greeting(peek_at, GREETING_SECONDS)
            # A slot is worth its wait only once the server speaks: a silent one
            # must not keep the others out. The wait is nobody's fault but ours.
            with lease.queuing(QUEUE_SECONDS):
                if not self._handshakes.acquire(turn, QUEUE_SECONDS):
                    raise PollError(Cause.UNREACHABLE, "No handshake slot was free in time")
            slot = Held(self._handshakes)
            try:
                transport = kind(wire)
                transport.name = f"monserv-ssh-{server.id}"
                key = self._negotiate(transport, server, greeting, slot)
            finally:
                slot.give_back()
            # A new one is written down first, which waits for others and for the disk.
            self._hostkeys.check(pinned_host(server), server.port, key.get_name(), key.get_base64())
            witness.reached(Step.HOST_KEY)
            log_in(transport, server, self._clock)
            transport.settle()
            witness.reached(Step.LOGIN)
        except BaseException:
            if transport is not None:
                transport.finish()
            wire.close()
            raise
        return transport

    def _negotiate(
        self,
        transport: QuietTransport,
        server: Server,
        greeting: bytes,
        slot: Held,
    ) -> PKey:
        """Agree on keys; return the host key, to be checked before anything authenticates."""
        pinned = self._hostkeys.pinned_types(pinned_host(server), server.port)
        return agree(transport, pinned, greeting, slot)
