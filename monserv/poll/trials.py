"""Trying a connection for a person: once, step by step, with what watching would use."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from monserv.clock import Clock
from monserv.errors import (
    HOST_KEY_CAUSES,
    Cause,
    PollError,
    TooSoon,
    TrialsBusy,
    TurnedAway,
)
from monserv.model.sample import Sample
from monserv.model.server import Reach, Server
from monserv.model.trial import ShownKey, Step, StepResult, StepState, Trial
from monserv.poll.attended import Attended, Hear
from monserv.poll.cadences import USUAL_INTERVAL_SECONDS
from monserv.poll.conversation import Conversation
from monserv.poll.courtesy import Courtesy, Objection
from monserv.poll.link import ERROR_LIMIT
from monserv.poll.notebook import Notebook
from monserv.poll.watchdog import Limit
from monserv.probe.text import clean
from monserv.ssh.credentials import HungUpError
from monserv.ssh.lease import Lease
from monserv.ssh.session import Session
from monserv.ssh.witness import Witness

TRIAL_SECONDS = 15.0
AT_ONCE = 3

_DONE = {
    Step.JUMP: "The jump server accepts the login.",
    Step.NAME: "The name leads to an address.",
    Step.TCP: "The port accepts connections.",
    Step.HOST_KEY: "The server shows the host key that is pinned.",
    Step.LOGIN: "The server accepts the login.",
}
_TURNED_AWAY = (
    "Two connections within ten minutes ended before a login, and more could get monserv shut"
    " out; test it again in {}. {}"
)
_REFUSED = (
    "Two tests within ten minutes were refused the login, and more could get monserv shut out;"
    " test it again in {}, or save it untested"
)
_NEW_KEY = "The server is new: this host key is pinned once it is watched."
_ACCEPTED_KEY = "The server shows the host key that you accepted."


def _keep_still(_result: StepResult, _key: ShownKey | None) -> None:
    """Hear of a step, and say nothing."""


def _leave_alone(_limit: Limit) -> None:
    """Hear of a deadline, and never make it earlier."""


class Visits(Protocol):
    """Whoever opens sessions before a witness, and pins nothing."""

    def visit(self, server: Server, lease: Lease, witness: Witness) -> Session:
        """Return a session on ``server``; raises ``PollError``."""

    def takes_key(self, server: Server) -> bool:
        """Whether the host key for which ``server`` was refused would be taken by now."""


class Trials:
    """A few at once, each of them one login and one poll at most; pollers never wait for them."""

    def __init__(
        self,
        visits: Visits,
        clock: Clock,
        limit: Callable[[float], Limit],
        courtesy: Courtesy,
    ) -> None:
        self._visits = visits
        self._clock = clock
        self._limit = limit
        self._courtesy = courtesy
        self._places = threading.Semaphore(AT_ONCE)

    def run(self, server: Server, hear: Hear = _keep_still, vouched: str = "") -> Trial:
        """Try ``server`` within ``TRIAL_SECONDS``; raises ``TrialsBusy`` and ``TooSoon``.

        ``hear`` is told of each step as soon as it is over. ``vouched`` is the fingerprint
        of the host key that a person has accepted: with another one it goes no further.
        """
        self._take_place(server)
        try:
            return self._run(server, hear, vouched, _leave_alone)
        finally:
            self._places.release()

    def attend(self, server: Server, vouched: str = "") -> Attended:
        """Begin what ``run`` does, for somebody who watches and may stop it; raises as ``run``."""
        self._take_place(server)

        def work(hear: Hear, hold: Callable[[Limit], None]) -> Trial:
            return self._run(server, hear, vouched, hold)

        return Attended(work, self._places.release)

    def _take_place(self, server: Server) -> None:
        self._refuse_too_soon(server)
        if not self._places.acquire(blocking=False):
            raise TrialsBusy(f"{AT_ONCE} connections are being tried; try again in a moment")

    def _refuse_too_soon(self, server: Server) -> None:
        now = self._clock.monotonic()
        for place in (server, *_jumps(server)):
            away = self._courtesy.objection(place, now)
            if away is not None and not (
                away.error.cause in HOST_KEY_CAUSES and self._visits.takes_key(place)
            ):
                named = "" if place is server else f"The jump server {place.name}: "
                why = clean(f"{named}{away.error}", ERROR_LIMIT)
                raise TooSoon(_TURNED_AWAY.format(_minutes(away), why), away.wait_seconds)
        refused = self._courtesy.trial_objection(server, now)
        if refused is not None:
            raise TooSoon(_REFUSED.format(_minutes(refused)), refused.wait_seconds)

    def _run(
        self, server: Server, hear: Hear, vouched: str, hold: Callable[[Limit], None]
    ) -> Trial:
        diary = _Diary(self._clock, server, hear, vouched)
        with self._limit(TRIAL_SECONDS) as limit:
            hold(limit)
            try:
                diary.polled(self._sample(server, limit, diary))
            except (PollError, OSError) as error:
                self._take_note(server, error)
                text = str(error) or type(error).__name__
                if limit.passed:
                    text = f"No answer within {TRIAL_SECONDS:g} s; then: {text}"
                diary.failed(clean(text, ERROR_LIMIT))
        return diary.trial()

    def _sample(self, server: Server, limit: Limit, diary: _Diary) -> Sample:
        session = self._visits.visit(server, limit, diary)
        self._courtesy.welcomed(server)
        try:
            limit.hold(session.abort)
            notebook = Notebook(USUAL_INTERVAL_SECONDS, 0.0, self._clock, with_errands=False)
            return Conversation(session, self._clock, threading.Event(), notebook).poll(limit)
        finally:
            session.close()

    def _take_note(self, server: Server, error: PollError | OSError) -> None:
        now = self._clock.monotonic()
        if isinstance(error, TurnedAway):
            self._courtesy.turned_away(server, error, now)
        elif isinstance(error, PollError) and (
            error.cause is Cause.AUTHENTICATION_FAILED or isinstance(error, HungUpError)
        ):
            self._courtesy.trial_refused(server, error, now)


def _jumps(server: Server) -> Iterator[Server]:
    """Yield the jump servers on the way to ``server``, each with those before it."""
    for count, hop in enumerate(server.hops):
        yield replace(hop, hops=server.hops[:count])


def _minutes(objection: Objection) -> str:
    minutes = math.ceil(objection.wait_seconds / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


class _Diary:
    """Notes of one trial; whatever has not been noted by its end was not run."""

    def __init__(self, clock: Clock, server: Server, hear: Hear, vouched: str) -> None:
        self._clock = clock
        self._hear = hear
        self._vouched = vouched
        self._began_at = clock.monotonic()
        self._is_local = server.reach is Reach.LOCAL
        unused = Step.NAME if server.jump else Step.JUMP
        self._steps = tuple(step for step in Step if step is not unused)
        self._results: dict[Step, StepResult] = {}
        self._key: ShownKey | None = None
        self._sample: Sample | None = None

    def reached(self, step: Step) -> None:
        is_new = step is Step.HOST_KEY and self._key is not None and not self._key.is_known
        new = _ACCEPTED_KEY if self._vouched else _NEW_KEY
        self._note(step, StepState.PASSED, new if is_new else _DONE[step])

    def saw_key(self, key: ShownKey) -> None:
        if not self._is_on_the_way:
            self._key = key

    def vouched(self) -> str:
        return "" if self._is_on_the_way else self._vouched

    @property
    def _is_on_the_way(self) -> bool:
        """Whether what is seen is of a jump server, which is another machine."""
        return Step.JUMP in self._steps and Step.JUMP not in self._results

    def polled(self, sample: Sample) -> None:
        self._sample = sample
        named = f" of {sample.hostname}" if sample.hostname else ""
        self._note(Step.PROBE, StepState.PASSED, f"The first sample{named} is complete.")

    def failed(self, text: str) -> None:
        self._note(self._next(), StepState.FAILED, f"{text.removesuffix('.')}.")

    def trial(self) -> Trial:
        unneeded = "Not needed for this machine." if self._is_local else "Not tried."
        return Trial(
            tuple(
                self._results.get(step) or StepResult(step, StepState.NOT_RUN, unneeded, None)
                for step in self._steps
            ),
            self._key,
            self._sample,
        )

    def _next(self) -> Step:
        if self._is_local:
            return Step.PROBE
        return next(step for step in self._steps if step not in self._results)

    def _note(self, step: Step, state: StepState, detail: str) -> None:
        now = self._clock.monotonic()
        result = StepResult(step, state, detail, round(now - self._began_at, 3))
        self._results[step] = result
        self._began_at = now
        self._hear(result, self._key)
