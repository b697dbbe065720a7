from __future__ import annotations

from monserv.stream.backlog import Fresh
from monserv.stream.mailbox import Mailbox


def contents(mailbox: Mailbox) -> list[bytes | bytearray]:
    found = []
    while (frame := mailbox.pop()) is not None:
        found.append(frame)
    return found


def test_a_newer_state_supersedes_the_one_that_waits() -> None:
    mailbox = Mailbox(4)
    for state in (b"s1", b"s2", b"s3"):
        mailbox.put_state(state)

    assert contents(mailbox) == [b"s3"]


def test_events_are_kept_in_order_and_no_old_state_follows_a_newer_event() -> None:
    mailbox = Mailbox(4)
    mailbox.put_event(b"e1")
    mailbox.put_state(b"s1")
    mailbox.put_event(b"e2")
    mailbox.put_state(b"s2")
    mailbox.put_event(b"e3")

    assert contents(mailbox) == [b"e1", b"e2", b"s2", b"e3"]


def test_events_that_come_while_others_leave_keep_their_order() -> None:
    mailbox = Mailbox(8)
    mailbox.put_state(b"s1")
    mailbox.put_event(b"e1")
    mailbox.put_event(b"e2")

    assert mailbox.pop() == b"s1"
    mailbox.put_event(b"e3")
    mailbox.put_state(b"s2")
    mailbox.put_event(b"e4")
    assert contents(mailbox) == [b"e1", b"e2", b"e3", b"s2", b"e4"]


def test_one_event_too_many_is_refused_wherever_the_state_stands() -> None:
    mailbox = Mailbox(2)

    assert mailbox.put_event(b"e1")
    mailbox.put_state(b"s")
    assert mailbox.put_event(b"e2")
    assert not mailbox.put_event(b"e3")
    assert contents(mailbox) == [b"e1", b"s", b"e2"]


def test_of_pings_and_pongs_the_newest_overtakes_what_waits() -> None:
    mailbox = Mailbox(4)
    mailbox.put_event(b"e")
    for number in range(1000):
        mailbox.put_ping(b"ping%d" % number)
        mailbox.put_pong(b"pong%d" % number)

    assert contents(mailbox) == [b"pong999", b"ping999", b"e"]


def test_a_close_comes_behind_the_events_and_drops_the_state() -> None:
    mailbox = Mailbox(4)
    mailbox.put_event(b"e1")
    mailbox.put_state(b"s")
    mailbox.put_event(b"e2")
    mailbox.put_close(b"close", keep_events=True)

    assert contents(mailbox) == [b"e1", b"e2", b"close"]


def test_a_close_can_take_the_place_of_everything() -> None:
    mailbox = Mailbox(4)
    mailbox.put_event(b"e1")
    mailbox.put_state(b"s")
    mailbox.put_pong(b"pong")
    mailbox.put_close(b"close", keep_events=False)

    assert contents(mailbox) == [b"close"]


class Reader:
    """Has room for no step."""

    room_bytes = 0
    is_there_room = True

    def refresh(self, seq: int, *, is_followed: bool) -> Fresh | None:
        return Fresh(b"fresh %d %d" % (seq, is_followed)) if self.is_there_room else None


def test_steps_that_were_dropped_are_made_up_for_between_the_events() -> None:
    mailbox, reader = Mailbox(3), Reader()
    assert mailbox.put_event(b"e1")
    mailbox.put_step(b"step", 7, reader)
    assert mailbox.put_event(b"e2")
    assert mailbox.put_event(b"e3")
    assert not mailbox.put_event(b"e4")

    assert contents(mailbox) == [b"e1", b"fresh 7 1", b"e2", b"e3"]
    assert mailbox.put_event(b"e5")
    assert contents(mailbox) == [b"e5"]


def test_a_close_waits_for_the_events_and_for_no_step() -> None:
    mailbox, reader = Mailbox(4), Reader()
    mailbox.put_event(b"e1")
    mailbox.put_step(b"step", 7, reader)
    mailbox.put_event(b"e2")
    mailbox.put_close(b"close", keep_events=True)
    assert contents(mailbox) == [b"e1", b"e2", b"close"]

    mailbox.put_step(b"step", 7, reader)
    mailbox.put_close(b"close", keep_events=False)
    assert contents(mailbox) == [b"close"]


def test_a_start_waits_for_room_and_signs_of_life_and_a_close_do_not() -> None:
    mailbox, reader = Mailbox(4), Reader()
    reader.is_there_room = False
    mailbox.put_start(7, reader)
    mailbox.put_pong(b"pong")
    assert contents(mailbox) == [b"pong"]
    assert mailbox.is_owing()

    reader.is_there_room = True
    assert contents(mailbox) == [b"fresh 7 0"]
    assert not mailbox.is_owing()

    reader.is_there_room = False
    mailbox.put_start(8, reader)
    mailbox.put_close(b"close", keep_events=False)
    assert contents(mailbox) == [b"close"]
    assert not mailbox.is_owing()
