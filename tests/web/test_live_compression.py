"""Programs of others that offer permessage-deflate, each with an implementation of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    PerMessageDeflate,
)
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from monserv.stream.subscriber import SUBPROTOCOL
from tests.kit import components
from tests.web.live_server import LiveServer, live_server

pytestmark = pytest.mark.real
NODE_MODULES = os.environ.get(
    "NODE_PATH", str(Path(__file__).parents[2] / ".venv-node/node_modules")
)
DOCUMENTS = [json.dumps({"n": number, "rows": ["a row of many"] * 2000}) for number in range(5)]
# It says what it agreed to and how long the messages are, then answers with a large one.
SCRIPT = """
const WebSocket = require("ws");
const socket = new WebSocket(process.argv[1], { perMessageDeflate: { threshold: 0 } });
const heard = [];
socket.on("message", (data) => {
  heard.push(data.length);
  if (heard.length == 1) console.log("ready");
  if (heard.length == 6) {
    socket.send("x".repeat(500));
    socket.ping();
  }
});
socket.on("pong", () => {
  socket.send("x".repeat(600));
});
socket.on("close", (code) => console.log(JSON.stringify([socket.extensions, heard, code])));
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("compression")) as running:
        yield running


@pytest.mark.parametrize("bits", [None, 15, 14, 12])
def test_websockets_reads_every_message_whatever_window_it_asks_for(
    server: LiveServer, bits: int | None
) -> None:
    offer = ClientPerMessageDeflateFactory(server_max_window_bits=bits, client_max_window_bits=9)
    with connect(server.url, extensions=[offer], compression=None) as client:
        (found,) = client.protocol.extensions
        assert isinstance(found, PerMessageDeflate)
        assert found.remote_max_window_bits == {14: 12, None: 15}.get(bits, bits)
        assert (found.remote_no_context_takeover, found.local_no_context_takeover) == (True, True)
        client.send("x" * 500)
        for document in DOCUMENTS:
            server.publish("event", document.encode())
        assert [client.recv(timeout=30) for _ in DOCUMENTS] == DOCUMENTS


# Whether it remembers earlier messages, by its offer.
OFFERS = [
    (True, ClientPerMessageDeflateFactory()),
    (True, ClientPerMessageDeflateFactory(server_max_window_bits=12)),
    (False, ClientPerMessageDeflateFactory(server_no_context_takeover=True)),
    (None, None),
]


def subscriber(
    server: LiveServer, offer: ClientPerMessageDeflateFactory | None
) -> ClientConnection:
    return connect(
        server.url,
        extensions=[offer] if offer else [],
        compression=None,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
    )


def test_subscribers_read_the_same_whether_they_remember_earlier_messages_or_not(
    server: LiveServer,
) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(subscriber(server, offer)) for _, offer in OFFERS]
        for client, (remembers, _) in zip(clients, OFFERS, strict=True):
            assert list(map(is_reminded, client.protocol.extensions)) == [
                each for each in [remembers] if each is not None
            ]
            assert [each["type"] for each in started(client)] == ["hello", "snapshot"]
        for number in range(40):
            change = {"nas": {"name": "nas", "used": number}}
            server.publish("change", json.dumps(change).encode())
            if number == 20:
                late = stack.enter_context(subscriber(server, OFFERS[0][1]))
                assert started(late)[1]["servers"] == change
            if number % 10 == 0:
                for client in clients:
                    client.ping()

        told = [[client.recv(30) for _ in range(40)] for client in clients]
        assert [json.loads(each)["servers"]["nas"]["used"] for each in told[0]] == [*range(40)]
        assert told == [told[0]] * 4
        assert [late.recv(30) for _ in range(19)] == told[0][21:]


def is_reminded(found: Any) -> bool:
    assert isinstance(found, PerMessageDeflate)
    return not found.remote_no_context_takeover


def started(client: ClientConnection) -> list[Any]:
    client.send('{"type":"subscribe"}')
    return [json.loads(client.recv(30)) for _ in "12"]


def test_ws_of_node_reads_every_message_and_is_understood(server: LiveServer) -> None:
    node = shutil.which("node", path=components.PATH)
    assert node
    server.publish("state", b"{}")
    program = subprocess.Popen(
        [node, "-e", SCRIPT, server.url],
        env={"NODE_PATH": NODE_MODULES},
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdout
        assert program.stdout.readline() == "ready\n"
        for document in DOCUMENTS:
            server.publish("event", document.encode())
        extensions, heard, code = json.loads(program.stdout.readline())

    assert "permessage-deflate" in extensions
    assert heard == [2, *map(len, DOCUMENTS)]
    assert code == 1009
