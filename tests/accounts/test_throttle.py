from __future__ import annotations

from monserv.accounts.throttle import Rate, Throttle

RATE = Rate(burst=3, seconds_each=10.0)


def test_so_many_at_once_and_then_one_every_so_many_seconds() -> None:
    throttle = Throttle(RATE)
    assert [throttle.take("a", 0.0) for _ in range(5)] == [0, 0, 0, 10, 10]
    assert [throttle.take("a", 10.0) for _ in range(2)] == [0, 10]
    assert [throttle.take("a", 1000.0) for _ in range(4)] == [0, 0, 0, 10]


def test_one_does_not_slow_down_another_and_what_was_none_is_given_back() -> None:
    throttle = Throttle(RATE)
    for _ in range(10):
        assert throttle.take("a", 0.0) == 0
        throttle.give_back("a")
    for _ in range(3):
        throttle.take("a", 0.0)
    throttle.give_back("b")
    assert (throttle.take("a", 0.0), throttle.take("b", 0.0)) == (10, 0)


def test_of_too_many_who_has_not_tried_for_longest_is_forgotten() -> None:
    throttle = Throttle(RATE, max_keys=100)
    for number in range(1000):
        throttle.take(str(number), 0.0)
    assert len(throttle._paid_at) == 100
    assert "999" in throttle._paid_at
