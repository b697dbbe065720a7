"""Reasons in words of our own, whatever a library says."""

from __future__ import annotations

import smtplib
import socket
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.notify import words
from monserv.notify.words import Heard


class TransportError(Exception):
    """As HTTP libraries wrap the cause in what they raise."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__("Max retries exceeded with url: /services/T0/B0/secret")
        self.reason = cause


class ReadTimeout(Exception):  # noqa: N818 -- the name that an HTTP library gives it
    pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(111, "secret"), "the server refuses connections"),
        (TransportError(ConnectionRefusedError(111, "x")), "the server refuses connections"),
        (ConnectionResetError(104, "secret"), "the server hung up"),
        (TimeoutError("secret"), "the service does not answer in time"),
        (ReadTimeout("secret"), "the service does not answer in time"),
        (socket.gaierror(-2, "secret"), "the server's name is not known"),
        (OSError(113, "secret"), "no connection: No route to host"),
        (ssl.SSLError(1, "secret"), "the server does not speak TLS as it should"),
        (smtplib.SMTPAuthenticationError(535, b"secret"), "the mail server refused the login"),
        (smtplib.SMTPServerDisconnected("secret"), "the mail server hung up"),
        (smtplib.SMTPDataError(554, b"secret"), "the mail server refused with code 554"),
        (smtplib.SMTPException("secret"), "the mail server did not take the message"),
        (ValueError("secret"), "the service did not take the message"),
    ],
)
def test_an_error_is_named_by_its_kind(error: BaseException, said: str) -> None:
    assert words.failure([Heard("secret", error), Heard("send() completed")]) == said


def test_the_last_error_tells_most_and_a_code_tells_more_than_nothing() -> None:
    refused, late = Heard("", ConnectionRefusedError()), Heard("", TimeoutError())
    assert words.failure([refused, late]) == "the service does not answer in time"
    assert words.failure([Heard("x: Gone, error=410.")]) == "the service answered 410 (Gone)"
    assert words.failure([Heard("error=599.")]) == "the service answered 599"
    assert words.failure([Heard("SMTP recipient a@b was refused: 550")]) == (
        "the mail server refused a recipient"
    )
    assert words.failure([]) == "the service did not take the message"


def test_errors_that_cause_each_other_come_to_an_end() -> None:
    first, second = ValueError("1"), ValueError("2")
    first.__cause__, second.__cause__ = second, first
    assert words.failure([Heard("", first)]) == "the service did not take the message"


@given(st.lists(st.text(max_size=80)))
def test_nothing_that_was_heard_is_repeated(texts: list[str]) -> None:
    said = words.failure([Heard(f"https://k4n4r1e/{text}", ValueError(text)) for text in texts])
    assert "k4n4r1e" not in said
