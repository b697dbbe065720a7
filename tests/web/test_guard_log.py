from __future__ import annotations

import logging

import pytest

from monserv.logs import TextFormatter
from tests.web.site import Site

STATE = "/api/state"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_refused_host_is_logged_with_the_setting_that_would_allow_it(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.raw(STATE, "evil.example:80")
    assert lines(caplog) == [
        "refused Host evil.example:80; evil.example in ALLOWED_HOSTS would allow it"
    ]
    assert caplog.records[0].levelno == logging.WARNING


def test_a_refused_origin_is_logged_with_the_setting_that_would_allow_it(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.raw(STATE, "localhost", origin="http://evil.net")
    assert lines(caplog) == [
        "refused Origin http://evil.net; http://evil.net in ALLOWED_ORIGINS would allow it"
    ]


@pytest.mark.parametrize("origin", ["null", "garbage"])
def test_an_origin_that_no_setting_can_name_is_logged_as_such(
    site: Site, caplog: pytest.LogCaptureFixture, origin: str
) -> None:
    site.raw(STATE, "localhost", origin=origin)
    assert lines(caplog) == [f"refused Origin {origin}; ALLOWED_ORIGINS cannot name it"]


def test_many_refusals_are_few_log_lines(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(100):
        site.raw(STATE, f"evil{number}.example")
    assert len(caplog.records) == 5

    site.runtime.clock.advance(10)
    for _ in range(100):
        site.raw(STATE, "localhost", origin="null")
    assert len(caplog.records) == 6


def test_what_is_refused_can_neither_break_a_log_line_nor_fill_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.raw(STATE, "localhost", origin="http://a\r\n2026 INFO all is well\x1b[2J\x85" + "x" * 9999)
    line = TextFormatter("%(message)s").format(caplog.records[0])
    assert line.isprintable()
    assert len(line) < 600
