"""The heartbeat: from the start, at once with the first sample, and through every bug."""

from __future__ import annotations

import threading
import time

import pytest

from monserv.broadcast import Broadcaster
from monserv.clock import SystemClock
from tests.waiting import eventually


class Pipeline:
    """Notes when it is asked to send, and fails if it is told to."""

    def __init__(self) -> None:
        self.first_sample = threading.Event()
        self.sent_at: list[float] = []
        self.is_broken = False

    def broadcast(self) -> None:
        self.sent_at.append(time.monotonic())
        if self.is_broken:
            raise RuntimeError("on purpose")


def start(pipeline: Pipeline, interval_seconds: float) -> Broadcaster:
    broadcaster = Broadcaster(pipeline, SystemClock(), interval_seconds)  # type: ignore[arg-type]  # a fake
    broadcaster.start()
    return broadcaster


def test_it_beats_before_any_sample_since_some_want_to_know_that_there_is_none() -> None:
    pipeline = Pipeline()
    broadcaster = start(pipeline, 0.05)
    assert eventually(lambda: len(pipeline.sent_at) >= 3)
    broadcaster.stop(2)


@pytest.mark.timed
def test_the_first_sample_goes_out_at_once_and_the_next_state_an_interval_later() -> None:
    pipeline = Pipeline()
    broadcaster = start(pipeline, 0.5)
    time.sleep(0.2)
    assert pipeline.sent_at == []
    pipeline.first_sample.set()
    assert eventually(lambda: len(pipeline.sent_at) == 2)
    broadcaster.stop(2)
    assert 0.45 < pipeline.sent_at[1] - pipeline.sent_at[0] < 0.9


def test_a_bug_in_one_message_does_not_silence_the_stream(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pipeline = Pipeline()
    pipeline.is_broken = True
    pipeline.first_sample.set()
    broadcaster = start(pipeline, 0.02)
    assert eventually(lambda: len(pipeline.sent_at) >= 3)
    broadcaster.stop(2)
    assert "a state message could not be sent" in caplog.messages


@pytest.mark.timed
@pytest.mark.parametrize("has_sample", [True, False])
def test_a_stop_ends_it_at_once_and_sends_nothing_more(has_sample: bool) -> None:
    pipeline = Pipeline()
    if has_sample:
        pipeline.first_sample.set()
    broadcaster = start(pipeline, 60.0)
    assert eventually(lambda: broadcaster.is_alive and len(pipeline.sent_at) == has_sample)
    began_at = time.monotonic()
    broadcaster.stop(5)
    assert time.monotonic() - began_at < 1.0
    assert not broadcaster.is_alive
    assert len(pipeline.sent_at) == has_sample
