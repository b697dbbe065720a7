from __future__ import annotations

from typing import Any

import pytest

from monserv.stream.handshake import offers, reduce, refusal

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


def test_of_a_checked_request_only_what_its_answer_needs_is_left() -> None:
    environ = {
        **GOOD,
        "HTTP_HOST": "\xff..",
        "HTTP_COOKIE": "x" * 8000,
        "HTTP_SEC_WEBSOCKET_EXTENSIONS": "permessage-deflate",
        "HTTP_SEC_WEBSOCKET_PROTOCOL": "chat",
        "gunicorn.socket": object(),
    }
    reduce(environ, "monserv.v2", "")

    assert set(environ) == {*GOOD, "gunicorn.socket"}
    assert environ["HTTP_HOST"] == "localhost"


@pytest.mark.parametrize(
    ("offered", "left"),
    [
        ("monserv.v2", "monserv.v2"),
        ("chat, monserv.v2", "monserv.v2"),
        ("monserv.v22, monserv", None),
        ("MONSERV.V2", None),
        ("", None),
    ],
)
def test_of_the_subprotocols_the_one_that_is_spoken_is_left(offered: str, left: str | None) -> None:
    environ = {**GOOD, "HTTP_SEC_WEBSOCKET_PROTOCOL": offered}
    assert offers(environ, "monserv.v2") == bool(left)
    reduce(environ, "monserv.v2", "")

    assert environ.get("HTTP_SEC_WEBSOCKET_PROTOCOL") == left


def test_of_extensions_those_are_left_that_were_agreed_on() -> None:
    environ = {**GOOD, "HTTP_SEC_WEBSOCKET_EXTENSIONS": "permessage-deflate; mystery"}
    reduce(environ, "monserv.v2", "permessage-deflate")

    assert environ["HTTP_SEC_WEBSOCKET_EXTENSIONS"] == "permessage-deflate"
