"""The door in front of Flask for WebSockets: no check is another one, and no answer differs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from tests.stream.peer import Peer
from tests.waiting import eventually
from tests.web.site import Site
from tests.web.test_ready import Counter

WELL = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
OWN = "http://localhost"


class Doors:
    """A site at whose door clients come with their sockets, as gunicorn hands them over."""

    def __init__(self, **changed: object) -> None:
        self.site = Site(**changed)
        self.by_flask = Counter(self.site.app)
        self.refusals: list[str] = []
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    def come(self, method: str = "GET", query: str = "", **headers: str) -> Peer:
        """Return the client's end; what is refused is in ``refusals``, and ends it."""
        ours, theirs = socket.socketpair()
        named = {name.replace("_", "-"): text for name, text in (WELL | headers).items() if text}
        built = EnvironBuilder("/ws", query_string=query, method=method, headers=named)
        environ = built.get_environ() | {"gunicorn.socket": ours, "REMOTE_ADDR": "127.0.0.1"}
        thread = threading.Thread(target=self._answer, args=(environ, ours))
        thread.start()
        self._threads.append(thread)
        self._sockets.append(theirs)
        return Peer(theirs)

    def _answer(self, environ: dict[str, Any], ours: socket.socket) -> None:
        try:
            with ours:
                for _ in self.site.app(environ, lambda status, *_: self.refusals.append(status)):
                    pass
        except StopIteration:  # how gunicorn is told that there is no answer
            pass

    def close(self) -> None:
        for theirs in self._sockets:
            theirs.close()
        for thread in self._threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in self._threads)


@pytest.fixture
def doors() -> Iterator[Doors]:
    built = Doors()
    yield built
    built.close()


def head(peer: Peer) -> bytes:
    found = b""
    while not found.endswith(b"\r\n\r\n") and (more := peer.sock.recv(1)):
        found += more
    return found


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OWN},
        {"Sec_WebSocket_Protocol": "other, monserv.v2"},
        {"Sec_WebSocket_Extensions": "permessage-deflate; server_max_window_bits=12"},
        {
            "Sec_WebSocket_Protocol": "monserv.v2",
            "Sec_WebSocket_Extensions": "permessage-deflate; client_max_window_bits",
        },
    ],
)
def test_the_answer_is_the_one_that_flask_gives(doors: Doors, headers: dict[str, str]) -> None:
    at_once = head(doors.come(**headers))
    assert doors.by_flask.since() == 0
    long_way = head(doors.come(Cookie="of=others", **headers))
    assert doors.by_flask.since() == 1
    assert at_once.startswith(b"HTTP/1.1 101 ")
    assert at_once == long_way
    assert doors.refusals == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, "403 FORBIDDEN"),
        ({"Host": "a b"}, "400 BAD REQUEST"),
        ({"Origin": "https://evil.example"}, "403 FORBIDDEN"),
        ({"Origin": "null"}, "403 FORBIDDEN"),
        ({"Authorization": "Bearer mst_nothing"}, "401 UNAUTHORIZED"),
        ({"Upgrade": ""}, "426 UPGRADE REQUIRED"),
        ({"Sec_WebSocket_Version": "8"}, "426 UPGRADE REQUIRED"),
        ({"Sec_WebSocket_Key": "x"}, "400 BAD REQUEST"),
        ({"method": "POST"}, "400 BAD REQUEST"),
        ({"query": "token=mst_nothing"}, "401 UNAUTHORIZED"),
    ],
)
def test_whom_a_check_refuses_flask_tells_why(
    doors: Doors, headers: dict[str, str], status: str
) -> None:
    assert head(doors.come(**headers)) == b""
    assert doors.refusals == [status]
    assert doors.by_flask.since() == 1


def test_where_a_login_is_needed_nobody_comes_in_without_one() -> None:
    doors = Doors(needs_login=True)
    assert head(doors.come()) == b""
    assert doors.refusals == ["401 UNAUTHORIZED"]
    doors.close()


def test_who_comes_too_often_is_told_when_to_come_again() -> None:
    doors = Doors(requests_per_second=1.0)
    came = [head(doors.come()).startswith(b"HTTP/1.1 101 ") for _ in range(11)]
    assert came == [True] * 10 + [False]
    assert doors.refusals == ["429 TOO MANY REQUESTS"]
    doors.close()


def test_a_client_is_greeted_and_has_its_place_until_it_is_gone(doors: Doors) -> None:
    hub = doors.site.runtime.hub
    peer = doors.come()
    assert head(peer)
    assert peer.texts(1) == [b'{"type":"metrics_update","data":{}}']
    assert eventually(lambda: hub.client_count() == 1)
    peer.sock.close()
    assert eventually(lambda: hub.client_count() == 0)
