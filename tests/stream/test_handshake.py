from __future__ import annotations

from typing import Any

import pytest

from monserv.stream.handshake import answer, forget, offers, refusal

GOOD = {
    "REQUEST_METHOD": "GET",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "127.0.0.1:18904",
    "HTTP_UPGRADE": "WebSocket",
    "HTTP_CONNECTION": "keep-alive, Upgrade",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_a_handshake_as_browsers_send_it_is_accepted() -> None:
    assert refusal(GOOD) is None


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        (without("HTTP_UPGRADE"), 426),
        ({**GOOD, "HTTP_UPGRADE": "h2c"}, 426),
        ({**GOOD, "HTTP_SEC_WEBSOCKET_VERSION": "8"}, 426),
        ({**GOOD, "HTTP_SEC_WEBSOCKET_VERSION": "13, 8"}, 426),
        (without("HTTP_SEC_WEBSOCKET_VERSION"), 400),
        (without("HTTP_CONNECTION"), 400),
        ({**GOOD, "HTTP_CONNECTION": "close"}, 400),
        (without("HTTP_SEC_WEBSOCKET_KEY"), 400),
        ({**GOOD, "HTTP_SEC_WEBSOCKET_KEY": "short"}, 400),
        ({**GOOD, "HTTP_SEC_WEBSOCKET_KEY": "AAAAAAAAAAAAAAAAAAAAAAAA"}, 400),
        ({**GOOD, "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==,dGhl"}, 400),
        ({**GOOD, "HTTP_SEC_WEBSOCKET_KEY": "\xe9\xe9\xe9\xe9"}, 400),
        (without("HTTP_HOST"), 400),
        ({**GOOD, "REQUEST_METHOD": "POST"}, 400),
        ({**GOOD, "SERVER_PROTOCOL": "HTTP/1.0"}, 400),
        ({**GOOD, "CONTENT_LENGTH": "5"}, 400),
        ({**GOOD, "HTTP_TRANSFER_ENCODING": "chunked"}, 400),
    ],
)
def test_anything_else_is_refused_with_its_status_and_a_sentence(
    environ: dict[str, Any], status: int
) -> None:
    found = refusal(environ)

    assert found is not None
    assert found.status == status
    assert found.text.endswith(".")


def test_another_version_is_told_which_one_is_spoken() -> None:
    found = refusal({**GOOD, "HTTP_SEC_WEBSOCKET_VERSION": "8"})

    assert found is not None
    assert ("Sec-WebSocket-Version", "13") in found.headers


def test_an_empty_content_length_is_no_body() -> None:
    assert refusal({**GOOD, "CONTENT_LENGTH": ""}) is None
    assert refusal({**GOOD, "CONTENT_LENGTH": "0"}) is None


def test_nothing_is_kept_of_the_headers_of_a_request_that_is_answered() -> None:
    environ = {**GOOD, "HTTP_COOKIE": "x" * 8000, "gunicorn.socket": object()}
    forget(environ)

    assert set(environ) == {"REQUEST_METHOD", "SERVER_PROTOCOL", "gunicorn.socket"}


@pytest.mark.parametrize(
    ("offered", "is_offered"),
    [
        ("monserv.v2", True),
        ("chat, monserv.v2", True),
        ("monserv.v22, monserv", False),
        ("MONSERV.V2", False),
        ("", False),
    ],
)
def test_a_subprotocol_is_offered_by_its_very_name(offered: str, is_offered: bool) -> None:
    environ = {**GOOD, "HTTP_SEC_WEBSOCKET_PROTOCOL": offered}

    assert offers(environ, "monserv.v2") is is_offered


def test_the_answer_is_that_of_the_rfc() -> None:
    # Section 1.3, which has the same key.
    assert answer(GOOD, "", "") == (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        b"\r\n"
    )


def test_the_answer_says_what_was_agreed_on() -> None:
    assert answer(GOOD, "monserv.v2", "permessage-deflate; a=1").endswith(
        b"\r\nSec-WebSocket-Protocol: monserv.v2\r\n"
        b"Sec-WebSocket-Extensions: permessage-deflate; a=1\r\n\r\n"
    )
