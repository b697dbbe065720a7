"""A process that kills itself at any statement leaves history whole: no minute counts twice."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.db.killing import Mortals
from tests.db.world import Place
from tests.history.world import EPOCH, Monitor

LIVES = 6
MINUTES = 125
NEVER = 10**9


@pytest.mark.real
@pytest.mark.timeout(180)
def test_what_is_rolled_up_is_exactly_what_was_written(
    place: Place, begin: Callable[..., Monitor]
) -> None:
    chance = random.Random(1)
    killed = 0
    with Mortals(place.path.parent) as mortals:
        for _ in range(LIVES):
            killed += mortals.run("remember", chance.randint(20, 500)) == -signal.SIGKILL
        assert mortals.run("remember", NEVER) == 0
    assert killed > LIVES // 2
    assert place.ask("PRAGMA integrity_check") == [("ok",)]

    monitor = begin(at=EPOCH + timedelta(hours=30), interval_seconds=60.0)
    end = EPOCH + timedelta(minutes=120)
    minutes = monitor.cpu(EPOCH, end, step_seconds=60)
    expected = [float(minute % 50) for minute in range(120)]
    # Of a life that is killed before it has written its minute, that minute is missing.
    assert minutes.count(None) <= killed
    pairs = zip(minutes, expected, strict=True)
    assert [was for was, is_so in pairs if was not in {None, is_so}] == []
    for step in (600, 3600):
        found = monitor.ask(EPOCH, end, step_seconds=step, metrics=("cpu_used_percent",))
        slots = step // 60
        for place_, average in enumerate(found.metrics["cpu_used_percent"].average):
            known = [one for one in minutes[place_ * slots :][:slots] if one is not None]
            assert found.samples[place_] == len(known)
            assert average == pytest.approx(sum(known) / len(known), abs=0.11)
