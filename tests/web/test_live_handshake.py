from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.web.live_server import HANDSHAKE, LiveServer, live_server

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("handshake")) as running:
        yield running


def replaced(name: str, value: str | None) -> tuple[str, ...]:
    kept = tuple(line for line in HANDSHAKE if not line.lower().startswith(f"{name.lower()}:"))
    return kept if value is None else (*kept, f"{name}: {value}")


def answer(sock: socket.socket, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
    """Read one answer: status, headers in lower case, body."""
    with sock, sock.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers: dict[str, str] = {}
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0)) if has_body else 0
        return status, headers, stream.read(length)


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        pytest.param("GET /ws HTTP/1.1", replaced("Upgrade", None), 426, id="no Upgrade"),
        pytest.param("GET /ws HTTP/1.1", ("Host: 127.0.0.1",), 426, id="plain GET"),
        pytest.param("HEAD /ws HTTP/1.1", ("Host: 127.0.0.1",), 426, id="plain HEAD"),
        pytest.param("GET /ws HTTP/1.1", replaced("Upgrade", "h2c"), 426, id="other Upgrade"),
        *(
            pytest.param(
                "GET /ws HTTP/1.1", replaced("Sec-WebSocket-Version", version), 426, id=version
            )
            for version in ("8", "14", "13, 8", "x")
        ),
        pytest.param(
            "GET /ws HTTP/1.1", replaced("Sec-WebSocket-Version", None), 400, id="no version"
        ),
        pytest.param("GET /ws HTTP/1.1", replaced("Sec-WebSocket-Key", None), 400, id="no key"),
        pytest.param("GET /ws HTTP/1.1", replaced("Sec-WebSocket-Key", "x"), 400, id="odd key"),
        pytest.param(
            "GET /ws HTTP/1.1",
            (*HANDSHAKE, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
            400,
            id="two keys",
        ),
        pytest.param("GET /ws HTTP/1.1", replaced("Connection", None), 400, id="no Connection"),
        pytest.param("GET /ws HTTP/1.1", replaced("Connection", "close"), 400, id="closing"),
        pytest.param("GET /ws HTTP/1.0", HANDSHAKE, 400, id="HTTP/1.0"),
        pytest.param("POST /ws HTTP/1.1", (*HANDSHAKE, "Content-Length: 0"), 400, id="POST"),
        pytest.param("PUT /ws HTTP/1.1", HANDSHAKE, 400, id="PUT"),
        pytest.param("OPTIONS /ws HTTP/1.1", HANDSHAKE, 400, id="OPTIONS"),
        pytest.param("GET /ws HTTP/1.1", (*HANDSHAKE, "Origin: null"), 403, id="null origin"),
        pytest.param(
            "GET /ws HTTP/1.1", (*HANDSHAKE, "Origin: https://evil.example"), 403, id="foreign"
        ),
        pytest.param("GET /ws HTTP/1.1", (*HANDSHAKE, "Origin: "), 403, id="empty origin"),
    ],
)
def test_what_is_no_handshake_is_refused_before_101_in_the_envelope(
    server: LiveServer, line: str, headers: tuple[str, ...], status: int
) -> None:
    has_body = not line.startswith("HEAD")
    found, answered, body = answer(server.request(*headers, line=line), has_body=has_body)

    assert found == status
    assert "sec-websocket-accept" not in answered
    if has_body:
        error = json.loads(body)
        assert (error["success"], error["code"]) == (False, status)
        assert error["error"].endswith(".")


def test_another_version_is_told_which_one_is_spoken(server: LiveServer) -> None:
    _, headers, _ = answer(server.request(*replaced("Sec-WebSocket-Version", "8")))

    assert headers["sec-websocket-version"] == "13"


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param((), id="a program has no origin"),
        pytest.param(("Origin: https://friend.example",), id="allowed by name"),
        pytest.param(("Connection: keep-alive",), id="two Connection headers"),
        pytest.param(("Cookie: " + "x" * 8000,), id="a large cookie"),
        pytest.param(("X-Odd: \xff\xfe",), id="bytes beyond ASCII"),
    ],
)
def test_a_handshake_of_a_friend_is_answered_101(
    server: LiveServer, extra: tuple[str, ...]
) -> None:
    peer = server.connect(*extra)

    assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in peer.head


def test_the_dashboards_own_origin_is_allowed(server: LiveServer) -> None:
    host = f"127.0.0.1:{server.port}"
    status, headers, _ = answer(server.request(*replaced("Host", host), f"Origin: http://{host}"))

    assert status == 101
    assert headers["upgrade"] == "websocket"


@pytest.mark.parametrize("host", ["\xff", "a..b", "x" * 300, "127.0.0.1:notaport", "[::1"])
def test_an_odd_host_is_never_an_error_of_ours(server: LiveServer, host: str) -> None:
    status, _, _ = answer(server.request(*replaced("Host", host)))

    assert status in {101, 400, 403}


def test_a_request_without_host_is_refused(server: LiveServer) -> None:
    status, _, _ = answer(server.request(*replaced("Host", None)))

    assert status == 400


DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


@pytest.mark.parametrize(
    ("offers", "extensions"),
    [
        pytest.param((), None, id="none"),
        pytest.param(("permessage-deflate; client_max_window_bits",), DEFLATE, id="a browser's"),
        pytest.param(
            ("permessage-deflate; server_max_window_bits=12",),
            f"{DEFLATE}; server_max_window_bits=12",
            id="a small window",
        ),
        pytest.param(
            ("permessage-deflate; server_max_window_bits=9, permessage-deflate",),
            DEFLATE,
            id="several",
        ),
        pytest.param(("x-mystery", "permessage-deflate"), DEFLATE, id="two headers"),
        pytest.param(("x-mystery",), None, id="unknown"),
        pytest.param(("permessage-deflate; server_max_window_bits=x",), None, id="no number"),
        pytest.param(("permessage-deflate; client_max_window_bits=",), None, id="no value"),
        pytest.param(('permessage-deflate; x="',), None, id="half a quote"),
        pytest.param((";,;\xff,permessage-deflate;\xff",), None, id="bytes beyond ASCII"),
        pytest.param(("permessage-deflate; x," * 300,), None, id="hundreds"),
    ],
)
def test_compression_is_agreed_on_where_it_is_offered_and_otherwise_none(
    server: LiveServer, offers: tuple[str, ...], extensions: str | None
) -> None:
    status, headers, _ = answer(
        server.request(*HANDSHAKE, *(f"Sec-WebSocket-Extensions: {offer}" for offer in offers))
    )

    assert status == 101
    assert headers.get("sec-websocket-extensions") == extensions


def test_subscribers_who_remember_messages_are_told_that_these_refer_to_each_other(
    server: LiveServer,
) -> None:
    peer = server.connect("Sec-WebSocket-Protocol: monserv.v2", is_deflated=True)

    assert "\r\nSec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n" in (
        peer.head
    )


def test_an_unknown_subprotocol_is_not_selected(server: LiveServer) -> None:
    peer = server.connect("Sec-WebSocket-Protocol: chat, monserv.v9")

    assert "sec-websocket-protocol" not in peer.head.lower()


def test_beyond_the_cap_the_answer_is_503_and_says_when_to_come_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with live_server(tmp_path_factory.mktemp("cap"), LIVE_MAX_CLIENTS="2") as small:
        first = small.connect()
        small.connect()
        status, headers, body = answer(small.request(*HANDSHAKE))
        assert status == 503
        assert int(headers["retry-after"]) > 0
        assert json.loads(body)["code"] == 503

        first.sock.close()
        small.wait_for_clients(1)
        small.connect()
