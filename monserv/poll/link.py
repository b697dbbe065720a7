"""The login on one server: made when it may be, measured, renewed before it grows old."""

from __future__ import annotations

import logging
import random
import threading
from typing import Protocol

from monserv.clock import Clock
from monserv.errors import HOST_KEY_CAUSES, Cause, PollError, TurnedAway, without_frames
from monserv.model.sample import Sample
from monserv.model.server import Reach, Server
from monserv.poll.conversation import Conversation
from monserv.poll.courtesy import Courtesy
from monserv.poll.meter import Meter
from monserv.poll.notebook import Notebook
from monserv.poll.schedule import Backoff, FailureBudget
from monserv.poll.watchdog import Limit, Watchdog
from monserv.probe.text import clean
from monserv.ssh.credentials import HungUpError
from monserv.ssh.lease import Lease
from monserv.ssh.session import Session

log = logging.getLogger(__name__)

# So that a server that goes on in its sleep is told within ten seconds.
LOGIN_LIMIT_SECONDS = 9.0
MIN_POLL_LIMIT_SECONDS = 5.0
MAX_POLL_LIMIT_SECONDS = 30.0

# A server that drips, or takes no answers, can hold up even a wait that has a time to end:
# so long after that the connection is ended.
OVERSLEPT_SECONDS = 5.0

# Room for two fingerprints and a sentence, not for a server's whole banner.
ERROR_LIMIT = 500

# A login is renewed after a day or so, no two at the same time: keys that were withdrawn
# and programs that were replaced meanwhile count from then on.
RENEW_SECONDS = 24 * 3600.0
# When that failed, the old one goes on for so long before the next try.
RENEW_PAUSE_SECONDS = 3600.0

# What is told as it is, however late it comes.
_TOLD_AS_THEY_ARE = frozenset({Cause.AUTHENTICATION_FAILED, Cause.PARENT_DOWN})


class _UnjudgedError(PollError):
    """A password was not judged in time: it may be refused yet, and then each time anew."""


class OpensSessions(Protocol):
    """Whoever opens sessions."""

    def open(self, server: Server, lease: Lease) -> Session:
        """Return a session on ``server``; raises ``PollError``."""

    def takes_key(self, server: Server) -> bool:
        """Whether the host key for which ``server`` was refused would be taken by now."""

    def forgive(self, server: Server) -> None:
        """Let the jump servers on the way to ``server`` be tried at once."""


class Link:
    """Used by one thread, but for ``abort`` and the meter.

    ``server`` may be replaced by one that is reached alike.
    """

    def __init__(
        self,
        server: Server,
        interval_seconds: float,
        *,
        opener: OpensSessions,
        watchdog: Watchdog,
        courtesy: Courtesy,
        clock: Clock,
        stopping: threading.Event,
        with_command_lines: bool,
    ) -> None:
        self.server = server
        self.meter = Meter(clock.now(), interval_seconds)
        self.stopping = stopping
        self._opener = opener
        self._watchdog = watchdog
        self._courtesy = courtesy
        self._clock = clock
        self._notebook = Notebook(
            interval_seconds, _chance(), clock, with_command_lines=with_command_lines
        )
        self._conversation: Conversation | None = None
        self._renew_at = 0.0
        self._limit: Limit | None = None
        self._backoff = Backoff()
        self._budget = FailureBudget()
        self._last_break = ""
        self._poll_limit_seconds = min(
            max(2 * interval_seconds, MIN_POLL_LIMIT_SECONDS), MAX_POLL_LIMIT_SECONDS
        )

    def abort(self) -> None:
        """Wake the thread wherever it waits; never waits itself."""
        limit, conversation = self._limit, self._conversation
        if limit is not None:
            limit.expire()
        if conversation is not None:
            conversation.abort()

    def rest(self, seconds: float) -> bool:
        """Wait for what the server may ask between two polls; false, and at once, for nothing."""
        conversation = self._conversation
        if conversation is None or not conversation.may_rest(seconds):
            return False
        with self._watchdog.limit(seconds + OVERSLEPT_SECONDS) as limit:
            limit.hold(conversation.abort)
            return conversation.rest(seconds)

    def sample(self, last: PollError | None, *, is_urged: bool) -> Sample:
        """Poll the server, over a new login where there is none; raises ``PollError``.

        ``last`` is what went wrong last, which is raised again while it is too early for
        another login, unless somebody urges.
        """
        if self._conversation is not None:
            if self._clock.monotonic() >= self._renew_at:
                return self._renewed(self._conversation)
            try:
                return self._poll(self._conversation)
            except PollError as error:
                if error.cause is Cause.TIMED_OUT or self.stopping.is_set():
                    raise
                # The session broke since the last poll (sshd was restarted): a
                # new one, in the same slot, and nothing is missed.
                self._note_break(str(error))
        if not is_urged:
            self._check_patience(last)
        try:
            sample = self._poll(self._connect())
        except PollError as error:
            raise self._failed(error) from None
        self._backoff = Backoff()
        return sample

    def is_key_taken(self) -> bool:
        """Whether a host key that was refused would be taken by now."""
        return self._opener.takes_key(self.server)

    def forgive(self) -> None:
        """Let the jump servers on the way be tried at once."""
        self._opener.forgive(self.server)

    def hang_up(self) -> None:
        """Let go of the login."""
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            self.meter.polled(conversation.usage())
            self.meter.hung_up()
            conversation.close()

    def _renewed(self, old: Conversation) -> Sample:
        """Poll over a new login, and let go of the old one once that has answered."""
        try:
            self._conversation = None
            sample = self._poll(self._connect())
        except PollError as error:
            # The old one is as good as it was.
            self._conversation = old
            self._renew_at = self._clock.monotonic() + RENEW_PAUSE_SECONDS
            if self.stopping.is_set():
                raise
            text = clean(str(self._failed(error)), ERROR_LIMIT)
            log.info("%s: the login could not be renewed: %s", self.server.name, text)
            return self._poll(old)
        self.meter.replaced(old.usage())
        old.close()
        return sample

    def _failed(self, error: PollError) -> PollError:
        """Count a login that failed; return what is to be told of it.

        One whose first poll fails (no shell) is no success: it would be repeated in every
        slot.
        """
        now = self._clock.monotonic()
        self._backoff = self._backoff.failed(now, _chance())
        if isinstance(error, TurnedAway):
            self._courtesy.turned_away(self.server, error, now)
            self.meter.broke()
        # Of a password that is refused late nobody hears, and many accounts are locked after a few.
        if error.cause is Cause.AUTHENTICATION_FAILED or isinstance(
            error, (HungUpError, _UnjudgedError)
        ):
            self._budget = self._budget.failed(now)
            self.meter.refused()
        if isinstance(error, HungUpError) and not self._budget.allows(now):
            # dropbear, when it has had enough, refuses without a word.
            text = f"{error}, and did so before: it is taken for refused"
            return PollError(Cause.AUTHENTICATION_FAILED, text)
        return error

    def _note_break(self, text: str) -> None:
        if text != self._last_break:
            self._last_break = text
            text = clean(text, ERROR_LIMIT)
            log.info("%s: %s; logging in again", self.server.name, text)

    def _check_patience(self, last: PollError | None) -> None:
        """Raise the last error again while it is too early for another login."""
        now = self._clock.monotonic()
        objection = self._courtesy.objection(self.server, now)
        if objection is not None and is_about_key(objection.error) and self.is_key_taken():
            self._courtesy.welcomed(self.server)
            objection = None
        if objection is not None:
            raise without_frames(objection.error)
        if last is None or (is_about_key(last) and self.is_key_taken()):
            return
        if not (self._backoff.allows(now) and self._budget.allows(now)):
            raise without_frames(last)

    def _connect(self) -> Conversation:
        with self._limited(LOGIN_LIMIT_SECONDS) as limit:
            try:
                session = self._opener.open(self.server, limit)
                self._courtesy.welcomed(self.server)
                if self.server.reach is Reach.SSH:
                    self.meter.logged_in()
                limit.hold(session.abort)
                try:
                    conversation = Conversation(session, self._clock, self.stopping, self._notebook)
                except BaseException:
                    session.close()
                    raise
            except (PollError, OSError) as error:
                raise _login_failure(error, late=limit.passed) from None
        self._conversation = conversation
        self._renew_at = self._clock.monotonic() + RENEW_SECONDS * (0.75 + _chance() / 2)
        return conversation

    def _poll(self, conversation: Conversation) -> Sample:
        with self._limited(self._poll_limit_seconds) as limit:
            limit.hold(conversation.abort)
            try:
                sample = conversation.poll(limit)
            except (PollError, OSError) as error:
                self.hang_up()
                if limit.passed or isinstance(error, TimeoutError):
                    text = f"No complete answer within {self._poll_limit_seconds:g} s"
                    raise PollError(Cause.TIMED_OUT, text) from None
                if isinstance(error, PollError):
                    raise
                raise PollError(Cause.UNREACHABLE, f"The connection broke: {error}") from None
        self.meter.polled(conversation.usage())
        return sample

    def _limited(self, seconds: float) -> Limit:
        limit = self._watchdog.limit(seconds)
        self._limit = limit
        if self.stopping.is_set():
            limit.expire()
        return limit


def is_about_key(error: PollError | None) -> bool:
    """Whether a host key was the reason."""
    return error is not None and error.cause in HOST_KEY_CAUSES


def _chance() -> float:
    """Return a number from 0 to 1 that spreads servers in time."""
    return random.random()  # noqa: S311 -- nothing depends on its being unguessable


def _login_failure(error: PollError | OSError, *, late: bool) -> PollError:
    if isinstance(error, TurnedAway):
        return error
    if isinstance(error, PollError) and (error.cause in _TOLD_AS_THEY_ARE or not late):
        return error
    if late and isinstance(error, HungUpError) and error.is_password:
        # It was us who hung up.
        text = f"The server did not judge the password within {LOGIN_LIMIT_SECONDS:g} s"
        return _UnjudgedError(Cause.UNREACHABLE, text)
    if late:
        text = f"No login within {LOGIN_LIMIT_SECONDS:g} s: {error}"
        return PollError(Cause.UNREACHABLE, text)
    return PollError(Cause.UNREACHABLE, f"The connection broke during login: {error}")
