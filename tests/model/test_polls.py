from __future__ import annotations

import threading

from monserv.model.polls import PollCount, Polls


def test_polls_of_many_pollers_are_all_counted() -> None:
    count = PollCount()

    def poll() -> None:
        for number in range(500):
            count.add(has_sample=number % 5 != 0)

    pollers = [threading.Thread(target=poll) for _ in range(8)]
    for poller in pollers:
        poller.start()
    for poller in pollers:
        poller.join()

    assert count.counted() == Polls(3200, 800)
