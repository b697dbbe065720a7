"""Logins on jump servers: one for all that is behind it, made once, whoever asks first.

A login is kept while anybody uses it, and for a while after, so that a server that cannot
be reached does not have the jump server log us in with every attempt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from monserv.clock import Clock
from monserv.errors import HOST_KEY_CAUSES, Cause, PollError, TurnedAway
from monserv.model.server import Credentials, Server
from monserv.model.trial import Step
from monserv.ssh.credentials import HungUpError
from monserv.ssh.lease import Lease
from monserv.ssh.lines import Carrier, Line
from monserv.ssh.witness import Witness

# Longer than a poller waits between two attempts.
LINGER_SECONDS = 60.0
# So that many pollers together do not try more often than one would.
RETRY_SECONDS = 2.0
WAIT_SECONDS = 9.0

# As of a poller: a jump server bans whoever is refused again and again, and all behind it.
MAX_REFUSALS = 2
REFUSAL_WINDOW_SECONDS = 600.0
# What says nothing about whether the jump server would have us.
_NO_REFUSALS = frozenset(
    {Cause.UNREACHABLE, Cause.PARENT_DOWN, Cause.TIMED_OUT, Cause.CREDENTIALS_UNREADABLE}
)

Key = tuple[tuple[str, Credentials], ...]


class _Attempt:
    """A login that one of those who want it makes, and the others wait for."""

    def __init__(self) -> None:
        self.is_given_up = False
        self.failure: str | None = None
        self._lock = threading.Lock()
        self._is_over = False
        self._waiting: list[threading.Event] = []

    def lease(self, lease: Lease) -> Lease:
        """Return the lease for the one who makes it: its deadline is nobody else's."""
        return _Leader(self, lease)

    def wait(self, lease: Lease, seconds: float) -> bool:
        """Wait until it is over; return whether it is."""
        woken = threading.Event()
        with self._lock:
            if self._is_over:
                return True
            self._waiting.append(woken)
        lease.hold(woken.set)
        woken.wait(seconds)
        with self._lock:
            return self._is_over

    def end(self, failure: str | None = None) -> None:
        """Let those who wait go on."""
        with self._lock:
            self.failure = failure
            self._is_over = True
            for woken in self._waiting:
                woken.set()


class _Leader:
    def __init__(self, attempt: _Attempt, lease: Lease) -> None:
        self._attempt = attempt
        self._lease = lease

    def hold(self, abort: Callable[[], None]) -> None:
        def give_up() -> None:
            self._attempt.is_given_up = True
            abort()

        self._lease.hold(give_up)

    def queuing(self, most_seconds: float) -> AbstractContextManager[None]:
        return self._lease.queuing(most_seconds)


@dataclass(slots=True)
class _Login:
    """A login and how many use it."""

    carrier: Carrier
    users: int = 0
    timer: threading.Timer | None = None


@dataclass(slots=True)
class _Way:
    """What is known of the way to one jump server."""

    login: _Login | None = None
    attempt: _Attempt | None = None
    failure: str = ""
    failed_at: float | None = None
    refused_at: tuple[float, ...] = field(default=())
    is_key_refused: bool = False

    def is_patient(self, now: float) -> bool:
        """Whether it is too early to try again."""
        if self.failed_at is None:
            return False
        recent = [at for at in self.refused_at if now - at < REFUSAL_WINDOW_SECONDS]
        return len(recent) >= MAX_REFUSALS or now - self.failed_at < RETRY_SECONDS

    def forgive(self) -> None:
        """Let it be tried at once."""
        self.failed_at, self.refused_at, self.is_key_refused = None, (), False

    def is_worth_keeping(self, now: float) -> bool:
        """Whether anything is going on, or to be remembered."""
        return self.login is not None or self.attempt is not None or self.is_patient(now)


class Jumps:
    """The logins on all jump servers; ``log_in`` makes one, and is given the hops before it.

    ``takes_key`` says whether the host key for which one was refused is accepted by now.
    """

    def __init__(
        self,
        log_in: Callable[[Server, Lease], Carrier],
        clock: Clock,
        linger_seconds: float = LINGER_SECONDS,
        takes_key: Callable[[Server], bool] = lambda _server: False,
    ) -> None:
        self._log_in = log_in
        self._takes_key = takes_key
        self._clock = clock
        self._linger_seconds = linger_seconds
        self._lock = threading.Lock()
        self._ways: dict[Key, _Way] = {}
        self._stopped = False

    def line(self, server: Server, lease: Lease, witness: Witness) -> Line:
        """Return a connection to ``server`` through its hops; raises ``PollError``.

        What fails at a jump server has the cause ``PARENT_DOWN`` and its name.
        """
        login = self._login(server.hops, lease)
        witness.reached(Step.JUMP)
        try:
            line = login.carrier.open_line(server.host, server.port, lease)
        except BaseException:
            self._release(login)
            raise
        line.when_closed(lambda: self._release(login))
        return line

    def forgive(self, server: Server) -> None:
        """Let ``server``, and those on the way to it, be tried at once as jump servers."""
        names = {one.known_as for one in (server, *server.hops)}
        with self._lock:
            for key, way in self._ways.items():
                if any(name in names for name, _ in key):
                    way.forgive()

    def stop(self) -> None:
        """End all logins, and let nobody log in any more. Idempotent."""
        with self._lock:
            self._stopped = True
            logins = [way.login for way in self._ways.values() if way.login is not None]
            self._ways.clear()
        for login in logins:
            login.carrier.abort()
        for login in logins:
            self._end(login)

    def _login(self, hops: tuple[Server, ...], lease: Lease) -> _Login:
        """Return the login on the last of ``hops``, used by one more."""
        key = tuple((hop.known_as, hop.credentials) for hop in hops)
        label = f"The jump server {hops[-1].name}"
        give_up_at = self._clock.monotonic() + WAIT_SECONDS
        while (left := give_up_at - self._clock.monotonic()) > 0:
            with self._lock:
                way = self._way(key, label, replace(hops[-1], hops=hops[:-1]))
                if way.login is not None:
                    return self._used(way.login)
                attempt, is_first = way.attempt, way.attempt is None
                if attempt is None:
                    attempt = way.attempt = _Attempt()
            if is_first:
                return self._lead(way, attempt, hops, lease)
            if not attempt.wait(lease, left):
                break
            if attempt.failure is not None and not attempt.is_given_up:
                raise PollError(Cause.PARENT_DOWN, attempt.failure)
        raise PollError(Cause.PARENT_DOWN, f"{label} let nobody in in time")

    def _way(self, key: Key, label: str, jump: Server) -> _Way:
        """Return the way, unless it is too early to try it again. Requires the lock."""
        now = self._clock.monotonic()
        if self._stopped:
            raise PollError(Cause.PARENT_DOWN, f"{label} is no longer used")
        if key not in self._ways:
            self._ways = {one: way for one, way in self._ways.items() if way.is_worth_keeping(now)}
        way = self._ways.setdefault(key, _Way())
        if way.login is not None and not way.login.carrier.is_active():
            way.login = None
        if way.is_key_refused and self._takes_key(jump):
            way.forgive()
        if way.login is None and way.attempt is None and way.is_patient(now):
            raise PollError(Cause.PARENT_DOWN, way.failure)
        return way

    def _lead(self, way: _Way, attempt: _Attempt, hops: tuple[Server, ...], lease: Lease) -> _Login:
        """Make the login that everybody waits for."""
        failure: str | None = f"The jump server {hops[-1].name}: the login broke off"
        try:
            carrier = self._log_in(replace(hops[-1], hops=hops[:-1]), attempt.lease(lease))
            login = _Login(carrier)
            with self._lock:
                is_wanted = not self._stopped
                if is_wanted:
                    way.login, way.failed_at = self._used(login), None
            if not is_wanted:
                carrier.finish()
                raise PollError(Cause.PARENT_DOWN, "monserv stops")
            failure = None
        except (PollError, OSError) as error:
            failure = self._note(way, attempt, hops[-1].name, error)
            raise PollError(Cause.PARENT_DOWN, failure) from None
        else:
            return login
        finally:
            with self._lock:
                way.attempt = None
            attempt.end(failure)

    def _note(self, way: _Way, attempt: _Attempt, name: str, error: PollError | OSError) -> str:
        """Remember a failure, unless it was the end of whoever tried; return it in words."""
        cause = error.cause if isinstance(error, PollError) else Cause.UNREACHABLE
        text = str(error) if cause is Cause.PARENT_DOWN else f"The jump server {name}: {error}"
        now = self._clock.monotonic()
        with self._lock:
            if cause not in _NO_REFUSALS or isinstance(error, (HungUpError, TurnedAway)):
                way.refused_at = (*way.refused_at, now)[-MAX_REFUSALS:]
            is_refusal = cause not in _NO_REFUSALS or isinstance(error, TurnedAway)
            if is_refusal or not attempt.is_given_up:
                way.failure, way.failed_at = text, now
                way.is_key_refused = cause in HOST_KEY_CAUSES
        return text

    def _used(self, login: _Login) -> _Login:
        """Return ``login``, used by one more. Requires the lock."""
        login.users += 1
        if login.timer is not None:
            login.timer.cancel()
            login.timer = None
        return login

    def _release(self, login: _Login) -> None:
        """Take note that somebody uses ``login`` no longer; the last one leaves it to a timer."""
        with self._lock:
            login.users -= 1
            if login.users or self._stopped:
                return
            is_kept = self._linger_seconds > 0 and login.carrier.is_active()
            if is_kept:
                login.timer = threading.Timer(self._linger_seconds, self._leave, [login])
                login.timer.name = f"monserv-jump-{login.carrier.label}"
                login.timer.daemon = True
                login.timer.start()
        if not is_kept:
            self._leave(login)

    def _leave(self, login: _Login) -> None:
        """End a login that nobody has come back to."""
        with self._lock:
            if login.users:
                return
            for way in self._ways.values():
                if way.login is login:
                    way.login = None
        self._end(login)

    def _end(self, login: _Login) -> None:
        if login.timer is not None:
            login.timer.cancel()
        login.carrier.finish()
