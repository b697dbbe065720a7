"""What a process holds is counted, and growth is told from breathing."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from bench.soak.vitals import Vitals, course, growth, look


def test_a_socket_and_a_file_more_are_counted() -> None:
    before = look([os.getpid()])
    with socket.socket(), Path(os.devnull).open():
        after = look([os.getpid()])
    assert (after.sockets - before.sockets, after.files - before.files) == (1, 2)
    assert after.threads == before.threads
    assert after.memory_mib > 1


def test_a_process_that_has_ended_holds_nothing() -> None:
    assert look([2**22 + 1]) == Vitals(0, 0, 0, 0.0)


def test_what_is_higher_at_the_end_has_grown_and_what_was_only_higher_in_between_has_not() -> None:
    calm, storm, leaked = (
        Vitals(4, 50, 60, 100.0),
        Vitals(9, 90, 99, 190.0),
        Vitals(4, 54, 64, 111.0),
    )
    assert [one.is_flat for one in growth([calm], [storm], [calm])] == [True] * 4
    assert [(one.name, one.is_flat) for one in growth([calm], [storm], [leaked])] == [
        ("threads", True),
        ("sockets", False),
        ("files", True),
        ("memory_mib", False),
    ]


def test_the_course_of_the_memory_is_its_median_in_equal_parts() -> None:
    looks = [Vitals(1, 1, 1, mib) for mib in (1.0, 2.0, 9.0, 4.0, 5.0, 6.0)]
    assert course(looks, 2) == [2.0, 5.0]
    assert course(looks[:1], 10) == [1.0]
