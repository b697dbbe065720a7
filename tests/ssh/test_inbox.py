from __future__ import annotations

import threading

import pytest
from paramiko.buffered_pipe import PipeTimeout

from monserv.ssh.inbox import Inbox


def test_what_came_is_read_in_order_and_no_more_than_is_wanted() -> None:
    inbox = Inbox()
    inbox.feed(b"abcdef")
    inbox.feed(b"gh")
    assert (len(inbox), inbox.read_ready()) == (8, True)
    assert [inbox.read(4), inbox.read(4), inbox.read(4)] == [b"abcd", b"ef", b"gh"]
    assert not inbox.read_ready()


def test_nothing_in_time_is_a_timeout_and_the_end_is_nothing() -> None:
    inbox = Inbox()
    with pytest.raises(PipeTimeout):
        inbox.read(4, 0.01)
    inbox.feed(b"last")
    inbox.close()
    assert [inbox.read(9, 5), inbox.read(9, 5)] == [b"last", b""]


def test_each_piece_wakes_whoever_waits_for_it() -> None:
    inbox, back = Inbox(), Inbox()

    def echo() -> None:
        while piece := inbox.read(9, 5):
            back.feed(piece)
        back.close()

    reader = threading.Thread(target=echo)
    reader.start()
    for number in range(200):
        inbox.feed(b"%d" % number)
        assert back.read(9, 5) == b"%d" % number
    inbox.close()
    assert back.read(9, 5) == b""
    reader.join(5)
