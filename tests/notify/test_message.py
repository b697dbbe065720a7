"""Plain words, and nothing in them that acts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.alert import Severity
from monserv.notify import message
from tests.notify.world import minute, raised, recovered


def test_a_notification_says_what_where_when_and_where_to_look() -> None:
    said = message.of(raised("a", 1), "http://status.example.net:8443/")
    assert said.subject == "[ALERT] scadanas memory high"
    assert said.severity is Severity.CRITICAL
    assert said.body == (
        "Memory used 85.0% (threshold 80.0%)\n"
        "\n"
        "Server: scadanas (ssh://admin:***@nas)\n"
        "Time: 2026-01-01 12:01:00 UTC\n"
        "Dashboard: http://status.example.net:8443/\n"
    )


def test_what_is_over_is_marked_as_such() -> None:
    assert message.of(recovered("a", 1), "").is_over
    assert not message.of(raised("a", 1), "").is_over


def test_without_an_address_there_is_no_link_and_a_test_says_that_it_is_one() -> None:
    assert "Dashboard" not in message.of(raised("a", 1), "").body
    said = message.trial("", minute(0))
    assert said.subject == "[TEST] monserv"
    assert said.body.startswith("This is a test message from monserv")


@pytest.mark.parametrize(
    ("api_host", "link"),
    [
        ("", ""),
        ("status.example.net:8443", "http://status.example.net:8443/"),
        ("status.example.net:443", "https://status.example.net:443/"),
    ],
)
def test_the_link_is_that_of_the_settings(api_host: str, link: str) -> None:
    assert message.link(api_host) == link


HOSTILE = "a\r\nBcc: all@example.net\r\n\r\n<b>x</b>\x1b[2J\u202egpj.exe\ud800"


def test_no_name_adds_a_header_or_a_line_or_turns_the_writing_around() -> None:
    one = raised("a", 1, subject=HOSTILE, message=HOSTILE, hostname=HOSTILE, server_url=HOSTILE)
    said = message.of(one, "")
    inert = "a Bcc: all@example.net <b>x</b>?[2J?gpj.exe?"
    assert said.subject == inert
    assert said.body.splitlines() == [
        inert,
        "",
        f"Server: {inert} ({inert})",
        "Time: 2026-01-01 12:01:00 UTC",
    ]


@given(st.text(alphabet=st.characters(), max_size=400))
def test_every_text_becomes_one_bounded_line_that_can_be_written(text: str) -> None:
    line = message.inert(text, 100)
    assert len(line) <= 100
    assert line.splitlines() in ([line], [])
    assert line.encode().decode() == line


def test_what_is_long_is_cut_with_a_mark() -> None:
    assert message.inert("x" * 300, 200) == "x" * 199 + "…"
