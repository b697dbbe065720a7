"""Who waits for a slot has his turn in the order in which he came."""

from __future__ import annotations

import threading

from monserv.ssh.slots import Slots, Turn
from tests.waiting import eventually


def test_who_came_first_goes_first_and_who_gives_up_is_in_nobodys_way() -> None:
    slots, went = Slots(1), list[int]()
    assert slots.acquire()
    turns = [Turn() for _ in range(4)]
    threads = []
    for number, turn in enumerate(turns):

        def wait(number: int = number, turn: Turn = turn) -> None:
            if slots.acquire(turn, 30):
                went.append(number)

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        assert eventually(lambda number=number: len(slots._waiting) == number + 1)  # type: ignore[misc]  # as many as there are
    turns[1].give_up()
    threads[1].join(30)
    for expected in ([0], [0, 2], [0, 2, 3]):
        slots.release()
        assert eventually(lambda expected=expected: went == expected)  # type: ignore[misc]  # as above
    slots.release()
    assert slots.acquire()
    assert not slots.acquire(seconds=0.01)
    for thread in threads:
        thread.join(30)


def test_who_has_given_up_before_he_came_waits_for_nothing() -> None:
    slots, turn = Slots(0), Turn()
    turn.give_up()
    assert not slots.acquire(turn)
    slots.release()
    assert slots.acquire(turn)
