"""Why a message was not taken, in words of our own.

What a library says of it may hold an address with a token in it. So nothing of that is
repeated: only what kind of error it was, and codes.
"""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

UNKNOWN = "the service did not take the message"
LATE = "the service does not answer in time"

_STATUS = re.compile(r"\berror=([1-5][0-9]{2})\b")
_REFUSED = re.compile(r"\bwas refused\b")
_CERTIFICATES = {
    "self-signed": "it is self-signed",
    "self signed": "it is self-signed",
    "local issuer": "its issuer is unknown",
    "expired": "it has expired",
    "not yet valid": "it is not valid yet",
    "mismatch": "it is for another name",
}
_MOST_CAUSES = 30


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the library's log, and the error that was being handled then."""

    text: str
    error: BaseException | None = None


def failure(heard: Sequence[Heard]) -> str:
    """Return the most telling reason among what was heard."""
    for one in reversed(heard):
        for error in _causes(one.error):
            said = _of_error(error)
            if said is not None:
                return said
    for one in reversed(heard):
        status = _STATUS.search(one.text)
        if status is not None:
            return f"the service answered {_named(int(status[1]))}"
        if _REFUSED.search(one.text):
            return "the mail server refused a recipient"
    return UNKNOWN


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error, and all that libraries wrapped in it."""
    waiting, seen = [error], 0
    while waiting and seen < _MOST_CAUSES:
        one = waiting.pop(0)
        if one is None:
            continue
        seen += 1
        yield one
        inner = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        waiting += [each for each in inner if isinstance(each, BaseException)]


def _of_error(error: BaseException) -> str | None:
    if isinstance(error, smtplib.SMTPException):
        return _of_smtp(error)
    if isinstance(error, ssl.SSLError):
        return _of_tls(error)
    if isinstance(error, socket.gaierror):
        return "the server's name is not known"
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return LATE
    return _of_system(error) if isinstance(error, OSError) else None


def _of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {_certificate(error.verify_message)}"
    return "the server does not speak TLS as it should"


def _of_smtp(error: smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server refused the login"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server offers no STARTTLS or no login, and nothing is sent without"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the mail server refused the recipients"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the mail server hung up"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server refused with code {int(error.smtp_code)}"
    return "the mail server did not take the message"


def _of_system(error: OSError) -> str | None:
    if isinstance(error, ConnectionRefusedError):
        return "the server refuses connections"
    if isinstance(error, ConnectionError):
        return "the server hung up"
    # The words of a number are the system's own; requests' errors have none.
    return f"no connection: {os.strerror(error.errno)}" if error.errno else None


def _certificate(reason: str) -> str:
    for word, said in _CERTIFICATES.items():
        if word in reason.lower():
            return said
    return "it could not be verified"


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)
