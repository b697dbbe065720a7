"""One thread waits, others ring."""

from __future__ import annotations

import threading

from monserv.poll.bell import Bell


def test_whoever_waits_is_woken() -> None:
    bell = Bell()
    woken = threading.Event()
    waiter = threading.Thread(target=lambda: bell.wait() and woken.set())
    waiter.start()
    bell.ring()
    waiter.join(30)
    assert woken.is_set()


def test_a_ring_that_nobody_waits_for_is_kept_and_two_are_one() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.wait(0)
    assert not bell.wait(0)


def test_a_wait_has_an_end() -> None:
    assert not Bell().wait(0.01)
    assert not Bell().wait(-1.0)


def test_many_may_ring_at_once() -> None:
    bell = Bell()
    ringers = [threading.Thread(target=lambda: [bell.ring() for _ in range(500)]) for _ in range(4)]
    for ringer in ringers:
        ringer.start()
    while any(ringer.is_alive() for ringer in ringers):
        bell.wait(0.01)
    bell.wait(0)
    assert not bell.wait(0)
