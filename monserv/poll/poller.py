"""One thread for one server: poll in every slot, report a sample or a miss."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable

from monserv.clock import Clock
from monserv.errors import HOST_KEY_CAUSES, Cause, PollError, without_frames
from monserv.locks import short_lock
from monserv.model.footprint import Footprint
from monserv.model.made_often import maker
from monserv.model.poll import Missed, Polled, PollResult
from monserv.model.server import Server
from monserv.poll.bell import Bell
from monserv.poll.courtesy import Courtesy
from monserv.poll.link import ERROR_LIMIT, Link, OpensSessions, is_about_key
from monserv.poll.pace import MIN_POLLS, Pace
from monserv.poll.schedule import Cadence
from monserv.poll.watchdog import Watchdog
from monserv.probe.text import clean

log = logging.getLogger(__name__)

# A server that is going under fails in several ways, one after the other. What a person
# has to mend is told in any case.
TELL_AGAIN_SECONDS = 60.0
_TOLD_AT_ONCE = HOST_KEY_CAUSES | {Cause.AUTHENTICATION_FAILED}

# How soon it is noticed that a person has accepted a host key, and how often somebody
# may ask for a login that is not due.
KEY_CHECK_SECONDS = 2.0
URGE_GAP_SECONDS = 5.0

_new_polled = maker(Polled)


class Poller:
    """The thread ``monserv-poll-<server id>``."""

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
        budget_percent: float = math.inf,
    ) -> None:
        self._cadence = cadence
        self._clock = clock
        self._ingest = ingest
        self._stopping = threading.Event()
        # Ends the wait for the next slot.
        self._news = Bell()
        # One thread wakes all pollers: a timer of each would cost as much as a question.
        self._alarm = watchdog.alarm(self._news.ring)
        self._delivery = short_lock()
        self._thread = threading.Thread(
            target=self._run, name=f"monserv-poll-{server.id}", daemon=True
        )
        self._link = Link(
            server,
            cadence.interval_seconds,
            opener=opener,
            watchdog=watchdog,
            courtesy=courtesy,
            clock=clock,
            stopping=self._stopping,
            with_command_lines=with_command_lines,
        )
        self._pace = Pace(cadence.interval_seconds, budget_percent)
        self._weighed = self._link.meter.measured()
        self._unweighed_polls = 0
        self._is_urged = False
        self._may_be_urged_at = -math.inf
        self._missed_polls = 0
        self._last_error: PollError | None = None
        # What the log says of this outage, and since when.
        self._told = ("", 0.0)

    @property
    def server(self) -> Server:
        """The server; it may be replaced by one that is reached alike."""
        return self._link.server

    @server.setter
    def server(self, server: Server) -> None:
        self._link.server = server

    def footprint(self) -> Footprint:
        """Return what watching has cost the server so far."""
        return self._link.meter.footprint()

    def start(self) -> None:
        """Start polling."""
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the thread to end; wakes it wherever it waits, never waits itself."""
        self._stopping.set()
        self._news.ring()
        self._link.abort()

    def urge(self) -> float:
        """Log in at once, whatever was refused before; a server that answers is left alone.

        Returns how many seconds it is too early for that, which is 0 when it is done.
        """
        now = self._clock.monotonic()
        if now < self._may_be_urged_at:
            return self._may_be_urged_at - now
        self._may_be_urged_at = now + URGE_GAP_SECONDS
        if self._last_error is not None:
            self._link.forgive()
            self._is_urged = True
            self._news.ring()
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
            self._weigh()
            due = self._cadence.next_after(self._clock.monotonic())
        self._link.hang_up()

    def _wait_until(self, due: float) -> bool:
        """Wait for a slot, or for a reason to try before it; return whether to go on."""
        self._alarm.set(due)
        while not self._stopping.is_set():
            left = due - self._clock.monotonic()
            if left <= 0 or self._is_urged:
                return True
            is_key_refused = is_about_key(self._last_error)
            if is_key_refused and self._link.is_key_taken():
                return True
            if not self._link.rest(left):
                self._news.wait(KEY_CHECK_SECONDS if is_key_refused else None)
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
        is_urged, self._is_urged = self._is_urged, False
        try:
            sample = self._link.sample(self._last_error, is_urged=is_urged)
        except PollError as error:
            return self._miss(due, late_seconds, error)
        except Exception as error:
            log.exception("%s: polling failed in an unforeseen way", self.server.name)
            self._link.hang_up()
            return self._miss(
                due,
                late_seconds,
                PollError(Cause.BAD_OUTPUT, f"monserv failed: {type(error).__name__}"),
            )
        if self._last_error is not None:
            log.info("%s: answers again", self.server.name)
        self._missed_polls = 0
        self._last_error = None
        return _new_polled(self.server.id, sample.taken_at, sample, late_seconds)

    def _miss(self, due: float, late_seconds: float, error: PollError) -> Missed:
        # Parts of it may be the server's own words.
        text = clean(str(error), ERROR_LIMIT)
        if self._is_news(error) and not self._stopping.is_set():
            self._told = (str(error), self._clock.monotonic())
            log.warning("%s: %s", self.server.name, text)
        self._last_error = without_frames(error)
        self._missed_polls += 1 + self._cadence.slots_between(due, self._clock.monotonic())
        return Missed(
            self.server.id, self._clock.now(), error.cause, text, self._missed_polls, late_seconds
        )

    def _is_news(self, error: PollError) -> bool:
        """Whether the log should have it; an outage that has a line gets one a minute at most."""
        if self._last_error is None:
            return True
        told, told_at = self._told
        is_due = self._clock.monotonic() >= told_at + TELL_AGAIN_SECONDS
        return str(error) != told and (is_due or error.cause in _TOLD_AT_ONCE)

    def _weigh(self) -> None:
        """Poll less often where it costs more than the budget, and as configured otherwise."""
        self._unweighed_polls += 1
        if self._unweighed_polls < MIN_POLLS:
            return
        now, before = self._link.meter.measured(), self._weighed
        polls, used = now[0] - before[0], now[1] - before[1]
        if polls < MIN_POLLS:
            return
        self._weighed, self._unweighed_polls = now, 0
        pace = self._pace.after(used, polls)
        if pace == self._pace:
            return
        cost, seconds = 1000 * used / polls, pace.stretched_seconds
        log.warning(
            "%s: a poll takes %.0f ms of its CPU; it is polled every %g s now",
            self.server.name,
            cost,
            seconds,
        )
        self._pace = pace
        self._cadence = Cadence(self._clock.monotonic(), seconds)
        self._link.meter.paced(seconds, is_slowed=pace.steps > 0)
