"""What a round dies of ends no thread: it is told, counted, and begun again, ever later."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from monserv import supervised
from monserv.supervised import SupervisedThread
from tests.waiting import eventually


class Work:
    """Does rounds, each of which dies of ``error`` while there is one."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self.rounds = 0
        self.rest_seconds = 0.01

    def __call__(self) -> float:
        self.rounds += 1
        if self.error is not None:
            raise self.error
        return self.rest_seconds


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def thread(work: Work, monkeypatch: pytest.MonkeyPatch) -> Iterator[SupervisedThread]:
    monkeypatch.setattr(supervised, "FIRST_PAUSE_SECONDS", 0.01)
    made = SupervisedThread("monserv-test", work)
    yield made
    made.request_stop()
    made.join(30)


@pytest.mark.parametrize(
    "error", [ValueError("on purpose"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()]
)
def test_whatever_a_round_dies_of_the_next_one_comes(
    thread: SupervisedThread, work: Work, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    work.error = error
    thread.start()
    assert eventually(lambda: thread.restarts >= 2)
    assert not thread.is_well
    assert "monserv-test died and begins again in 0.01 s" in caplog.text
    work.error = None
    assert eventually(lambda: thread.is_well)
    rounds = work.rounds
    assert eventually(lambda: work.rounds > rounds)


def test_the_pause_grows_up_to_a_minute_and_begins_anew_after_a_round_that_went_well(
    work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    thread = SupervisedThread("monserv-test", work)
    work.error = ValueError("on purpose")
    paused = [thread._round() for _ in range(20)]
    assert paused[:8] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert set(paused[6:]) == {60.0}
    work.error = None
    assert thread._round() == work.rest_seconds
    work.error = ValueError("on purpose")
    assert thread._round() == 1.0
    assert thread.restarts == 21


@pytest.mark.timed
def test_a_stop_ends_a_rest_and_a_pause_at_once(thread: SupervisedThread, work: Work) -> None:
    work.rest_seconds = 60.0
    thread.start()
    assert eventually(lambda: work.rounds == 1)
    thread.request_stop()
    thread.join(5)
    assert not any(one.name == "monserv-test" for one in threading.enumerate())
    assert not thread.is_well


def test_one_that_has_not_begun_is_waited_for_no_moment(thread: SupervisedThread) -> None:
    thread.join(30)
    assert (thread.is_well, thread.restarts) == (False, 0)
