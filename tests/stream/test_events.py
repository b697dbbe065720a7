from __future__ import annotations

from monserv.stream import events


def test_an_event_is_its_name_its_id_and_one_line_of_data() -> None:
    made = events.event("dashboard", "9f86-42", '{"name":"ü"}'.encode())
    assert made.decode() == 'event: dashboard\nid: 9f86-42\ndata: {"name":"ü"}\n\n'


def test_comments_and_hints_are_no_events() -> None:
    assert events.comment("shutting down") == b": shutting down\n\n"
    assert events.PING == b":\n\n"
    assert events.retry(2500) == b"retry: 2500\n\n"
