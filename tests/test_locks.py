"""A short lock lets in one at a time, whatever threads are made of."""

from __future__ import annotations

import threading
import time

from monserv.locks import short_lock


def test_who_comes_later_waits_until_the_first_one_is_gone() -> None:
    lock, inside, told = short_lock(), threading.Event(), []

    def second() -> None:
        inside.wait(30)
        with lock:
            told.append("second")

    other = threading.Thread(target=second)
    other.start()
    with lock:
        inside.set()
        # The other one runs meanwhile, and must not come in.
        time.sleep(0.05)
        told.append("first")
    other.join(30)
    assert told == ["first", "second"]


def test_an_error_inside_leaves_it_open() -> None:
    lock = short_lock()
    for _ in range(2):
        try:
            with lock:
                raise KeyError
        except KeyError:
            continue
    with lock:
        pass
