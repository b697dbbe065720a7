"""One thread for one server: poll in every slot, report a sample or a miss."""

from __future__ import annotations

import logging
import math
import random
import threading
from collections.abc import Callable
from typing import Protocol

from monserv.clock import Clock
from monserv.errors import HOST_KEY_CAUSES, Cause, PollError, TurnedAway
from monserv.model.poll import Missed, Polled, PollResult
from monserv.model.sample import Sample
from monserv.model.server import Server
from monserv.poll.conversation import Conversation
from monserv.poll.courtesy import Courtesy
from monserv.poll.meter import Meter
from monserv.poll.notebook import Notebook
from monserv.poll.schedule import Backoff, Cadence, FailureBudget
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

# Room for two fingerprints and a sentence, not for a server's whole banner.
ERROR_LIMIT = 500

# What is told as it is, however late it comes.
_TOLD_AS_THEY_ARE = frozenset({Cause.AUTHENTICATION_FAILED, Cause.PARENT_DOWN})

# How soon it is noticed that a person has accepted a host key, and how often somebody
# may ask for a login that is not due.
KEY_CHECK_SECONDS = 2.0
URGE_GAP_SECONDS = 5.0


class OpensSessions(Protocol):
    """Whoever opens sessions."""

    def open(self, server: Server, lease: Lease) -> Session:
        """Return a session on ``server``; raises ``PollError``."""

    def takes_key(self, server: Server) -> bool:
        """Whether the host key for which ``server`` was refused would be taken by now."""

    def forgive(self, server: Server) -> None:
        """Let the jump servers on the way to ``server`` be tried at once."""


class Poller:
    """The thread ``monserv-poll-<server id>``.

    ``server`` may be replaced by one that is reached alike.
    """

    def __init__(
        self,
        server: Server,
        cadence: Cadence,
        *,
        opener: OpensSessions,
        watchdog: Watchdog,
        courtesy: Courtesy,
        clock: Clock,
        ingest: Callable[[PollResult], None],
        with_command_lines: bool = False,
    ) -> None:
        self.server = server
        self._cadence = cadence
        self._opener = opener
        self._watchdog = watchdog
        self._courtesy = courtesy
        self._clock = clock
        self._ingest = ingest
        self._stopping = threading.Event()
        # Ends the wait for the next slot.
        self._news = threading.Event()
        self._delivery = threading.Lock()
        self._thread = threading.Thread(
            target=self._run, name=f"monserv-poll-{server.id}", daemon=True
        )
        self._conversation: Conversation | None = None
        self._limit: Limit | None = None
        # Spreads the questions of many servers; nothing depends on its being unguessable.
        phase = random.random()  # noqa: S311 -- see above
        self._notebook = Notebook(
            cadence.interval_seconds, phase, clock, with_command_lines=with_command_lines
        )
        self._backoff = Backoff()
        self._budget = FailureBudget()
        self._is_urged = False
        self._may_be_urged_at = -math.inf
        self.meter = Meter(clock.now(), cadence.interval_seconds)
        self._missed_polls = 0
        self._last_error: PollError | None = None
        self._last_break = ""
        self._poll_limit_seconds = min(
            max(2 * cadence.interval_seconds, MIN_POLL_LIMIT_SECONDS), MAX_POLL_LIMIT_SECONDS
        )

    def start(self) -> None:
        """Start polling."""
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the thread to end; wakes it wherever it waits, never waits itself."""
        self._stopping.set()
        self._news.set()
        limit = self._limit
        if limit is not None:
            limit.expire()

    def urge(self) -> float:
        """Log in at once, whatever was refused before; a server that answers is left alone.

        Returns how many seconds it is too early for that, which is 0 when it is done.
        """
        now = self._clock.monotonic()
        if now < self._may_be_urged_at:
            return self._may_be_urged_at - now
        self._may_be_urged_at = now + URGE_GAP_SECONDS
        if self._last_error is not None:
            self._opener.forgive(self.server)
            self._is_urged = True
            self._news.set()
        return 0.0

    def retire(self) -> None:
        """Ask the thread to end, and deliver nothing from the return of this call on."""
        self.request_stop()
        # Taking in a result waits for neither disk nor network, so this is soon free.
        with self._delivery:
            pass

    def join(self, timeout_seconds: float) -> None:
        """Wait for the thread to end, at most so long."""
        self._thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        due = self._cadence.first_at
        while self._wait_until(due):
            result = self._one_slot(due)
            if not self._deliver(result):
                break
            due = self._cadence.next_after(self._clock.monotonic())
        self._hang_up()

    def _wait_until(self, due: float) -> bool:
        """Wait for a slot, or for a reason to try before it; return whether to go on."""
        while not self._stopping.is_set():
            left = due - self._clock.monotonic()
            is_key_refused = _is_about_key(self._last_error)
            if left <= 0 or self._is_urged or (is_key_refused and self._is_key_taken()):
                return True
            self._news.wait(min(left, KEY_CHECK_SECONDS) if is_key_refused else left)
            self._news.clear()
        return False

    def _deliver(self, result: PollResult) -> bool:
        """Hand on what a poll brought; return whether anybody still wants results."""
        with self._delivery:
            if self._stopping.is_set():
                return False
            try:
                self._ingest(result)
            except Exception:
                # A bug behind us must not end the watching of this server.
                log.exception("%s: a poll could not be processed", self.server.name)
        return True

    def _one_slot(self, due: float) -> PollResult:
        late_seconds = max(0.0, self._clock.monotonic() - due)
        try:
            sample = self._attempt()
        except PollError as error:
            return self._miss(due, late_seconds, error)
        except Exception as error:
            log.exception("%s: polling failed in an unforeseen way", self.server.name)
            self._hang_up()
            return self._miss(
                due,
                late_seconds,
                PollError(Cause.BAD_OUTPUT, f"monserv failed: {type(error).__name__}"),
            )
        if self._last_error is not None:
            log.info("%s: answers again", self.server.name)
        self._missed_polls = 0
        self._last_error = None
        return Polled(self.server.id, sample.taken_at, sample, late_seconds)

    def _miss(self, due: float, late_seconds: float, error: PollError) -> Missed:
        # Parts of it may be the server's own words.
        text = clean(str(error), ERROR_LIMIT)
        is_news = self._last_error is None or str(self._last_error) != str(error)
        if is_news and not self._stopping.is_set():
            log.warning("%s: %s", self.server.name, text)
        self._last_error = error
        self._missed_polls += 1 + self._cadence.slots_between(due, self._clock.monotonic())
        return Missed(
            self.server.id, self._clock.now(), error.cause, text, self._missed_polls, late_seconds
        )

    def _attempt(self) -> Sample:
        if self._conversation is not None:
            try:
                return self._poll(self._conversation)
            except PollError as error:
                if error.cause is Cause.TIMED_OUT or self._stopping.is_set():
                    raise
                # The session broke since the last poll (sshd was restarted): a
                # new one, in the same slot, and nothing is missed.
                self._note_break(str(error))
        self._check_patience()
        try:
            sample = self._poll(self._connect())
        except PollError as error:
            # A login whose first poll fails (no shell) is no success: it would
            # be repeated in every slot.
            now = self._clock.monotonic()
            # Spreads retries; nothing depends on its being unguessable.
            self._backoff = self._backoff.failed(now, random.random())  # noqa: S311 -- see above
            if isinstance(error, TurnedAway):
                self._courtesy.turned_away(self.server, error, now)
            if error.cause is Cause.AUTHENTICATION_FAILED or isinstance(error, HungUpError):
                self._budget = self._budget.failed(now)
            if isinstance(error, HungUpError) and not self._budget.allows(now):
                # dropbear, when it has had enough, refuses without a word.
                text = f"{error}, and did so before: it is taken for refused"
                raise PollError(Cause.AUTHENTICATION_FAILED, text) from None
            raise
        self._backoff = Backoff()
        return sample

    def _note_break(self, text: str) -> None:
        if text != self._last_break:
            self._last_break = text
            text = clean(text, ERROR_LIMIT)
            log.info("%s: %s; logging in again", self.server.name, text)

    def _check_patience(self) -> None:
        """Raise the last error again while it is too early for another login."""
        if self._is_urged:
            self._is_urged = False
            return
        now = self._clock.monotonic()
        last, objection = self._last_error, self._courtesy.objection(self.server, now)
        if objection is not None and _is_about_key(objection.error) and self._is_key_taken():
            self._courtesy.welcomed(self.server)
            objection = None
        if objection is not None:
            raise _once_more(objection.error)
        if last is None or (_is_about_key(last) and self._is_key_taken()):
            return
        if not (self._backoff.allows(now) and self._budget.allows(now)):
            raise _once_more(last)

    def _is_key_taken(self) -> bool:
        return self._opener.takes_key(self.server)

    def _connect(self) -> Conversation:
        with self._limited(LOGIN_LIMIT_SECONDS) as limit:
            try:
                session = self._opener.open(self.server, limit)
                self._courtesy.welcomed(self.server)
                limit.hold(session.abort)
                try:
                    self._conversation = Conversation(
                        session, self._clock, self._stopping, self._notebook
                    )
                except BaseException:
                    session.close()
                    raise
            except (PollError, OSError) as error:
                raise _login_failure(error, late=limit.passed) from None
        return self._conversation

    def _poll(self, conversation: Conversation) -> Sample:
        with self._limited(self._poll_limit_seconds) as limit:
            limit.hold(conversation.abort)
            try:
                return conversation.poll(limit)
            except (PollError, OSError) as error:
                self._hang_up()
                if limit.passed or isinstance(error, TimeoutError):
                    text = f"No complete answer within {self._poll_limit_seconds:g} s"
                    raise PollError(Cause.TIMED_OUT, text) from None
                if isinstance(error, PollError):
                    raise
                raise PollError(Cause.UNREACHABLE, f"The connection broke: {error}") from None

    def _limited(self, seconds: float) -> Limit:
        limit = self._watchdog.limit(seconds)
        self._limit = limit
        if self._stopping.is_set():
            limit.expire()
        return limit

    def _hang_up(self) -> None:
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            conversation.close()


def _login_failure(error: PollError | OSError, *, late: bool) -> PollError:
    if isinstance(error, TurnedAway):
        return error
    if isinstance(error, PollError) and (error.cause in _TOLD_AS_THEY_ARE or not late):
        return error
    if late:
        text = f"No login within {LOGIN_LIMIT_SECONDS:g} s: {error}"
        return PollError(Cause.UNREACHABLE, text)
    return PollError(Cause.UNREACHABLE, f"The connection broke during login: {error}")


def _is_about_key(error: PollError | None) -> bool:
    return error is not None and error.cause in HOST_KEY_CAUSES


def _once_more(error: PollError) -> PollError:
    """Return an error without the way that it took before, which would grow each time."""
    return error.with_traceback(None)
