from __future__ import annotations

import threading

from monserv.model.polls import PollCount, Polls


def test_polls_of_many_pollers_are_all_counted() -> None:
    count = PollCount()

    def poll() -> None:
        for number in range(500):
            count.add(has_sample=number % 5 != 0, late_seconds=0.0)

    pollers = [threading.Thread(target=poll) for _ in range(8)]
    for poller in pollers:
        poller.start()
    for poller in pollers:
        poller.join()

    assert count.counted() == Polls(3200, 800, (4000, *[0] * 9), 0.0)


def test_a_poll_counts_where_its_lateness_ends_and_the_last_place_takes_the_rest() -> None:
    count = PollCount()
    for late_seconds in (0.0, 0.2, 0.21, 60.0):
        count.add(has_sample=True, late_seconds=late_seconds)

    assert count.counted().by_lateness == (1, 0, 0, 0, 1, 1, 0, 0, 0, 1)
