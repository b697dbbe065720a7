from __future__ import annotations

import pytest

from monserv.clock import ManualClock
from monserv.web import buckets
from monserv.web.buckets import Buckets


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_each_key_has_a_bucket_of_its_own_and_hears_when_to_come_back(clock: ManualClock) -> None:
    kept = Buckets(2.0, 3, clock)
    assert [kept.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert kept.take("b") == 0.0
    clock.advance(0.25)
    assert kept.take("a") == pytest.approx(0.25)
    clock.advance(0.25)
    assert kept.take("a") == 0.0


def test_keys_without_end_are_bounded_and_the_oldest_is_forgotten(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "MAX_KEYS", 100)
    kept = Buckets(1.0, 1, clock)
    kept.take("early")
    for number in range(99):
        kept.take(str(number))
    assert kept.take("early") > 0.0
    kept.take("one more")
    assert len(kept._buckets) == 100
    assert kept.take("early") > 0.0, "what was used lately is kept"
    assert kept.take("0") == 0.0, "what was used longest ago is not"
