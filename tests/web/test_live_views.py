"""Clients with different views and credentials at once, through gunicorn."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.web.live_server import LiveServer, live_server

pytestmark = pytest.mark.real
LIMITS = {"close_seconds": 1.0}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    directory = tmp_path_factory.mktemp("views")
    with live_server(directory, LIVE_LIMITS=json.dumps(LIMITS)) as running:
        yield running


def client(server: LiveServer, tags: str = "", credential: str = "") -> ClientConnection:
    named = {"X-Tags": tags, "X-Credential": credential}
    return connect(server.url, additional_headers=named, ping_interval=None)


def read_to_the_end(websocket: ClientConnection) -> None:
    while websocket.recv(5):
        pass


def test_each_client_gets_what_its_tags_show_and_nothing_else(server: LiveServer) -> None:
    with (
        client(server) as whole,
        client(server, "berlin") as berlin,
        client(server, "linz") as linz,
    ):
        reader = server.listen("X-Tags: berlin")
        server.wait_for_clients(4)
        server.ask("/tell/event/berlin", b'"alert in berlin"')
        server.ask("/tell/state/berlin", b'"berlin"')
        server.ask("/tell/state/linz", b'"linz"')
        server.publish("state", b'"all"')

        assert [whole.recv(5) for _ in range(2)] == ['"alert in berlin"', '"all"']
        assert [berlin.recv(5) for _ in range(2)] == ['"alert in berlin"', '"berlin"']
        assert linz.recv(5) == '"linz"'
        assert reader.data(1) == [b'"berlin"']
        for each in (whole, berlin, linz):
            with pytest.raises(TimeoutError):
                each.recv(0.1)
    server.close_all()


@pytest.mark.timed
def test_a_stale_credential_ends_its_streams_within_5_s_also_those_that_are_not_read(
    server: LiveServer,
) -> None:
    server.wait_for_clients(0)
    server.publish("state", b"{}")
    with client(server, credential="old") as revoked, client(server, credential="new") as valid:
        stalled = server.connect("X-Credential: old", receive_buffer_bytes=4096)
        reader = server.listen("X-Credential: old")
        stalled_reader = server.listen("X-Credential: old", receive_buffer_bytes=4096)
        server.wait_for_clients(5)
        server.publish("state", b'"' + b"x" * 600_000 + b'"')
        began_at = time.monotonic()
        assert server.ask("/drop/old", b"")["seconds"] < 0.5
        server.publish("state", b'"for those who may"')

        with pytest.raises(ConnectionClosed) as closed:
            read_to_the_end(revoked)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
            1008,
            "credential no longer valid",
        )
        assert b"for those who may" not in b"".join(one.data for one in reader.events())
        assert reader.comments[-1] == b"credential no longer valid"
        reader.sock.close()
        server.wait_for_clients(1, within_seconds=5.0)
        assert time.monotonic() - began_at < 5.0
        assert valid.recv(5) == "{}"
        assert len(valid.recv(5)) == 600_002
        assert valid.recv(5) == '"for those who may"'
        with suppress(AssertionError):  # what it gets is cut off at any byte
            assert b"for those who may" not in b"".join(one.payload for one in stalled.frames())
        stalled_reader.sock.close()
    server.close_all()
