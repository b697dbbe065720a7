"""Programs of others that offer permessage-deflate, each with an implementation of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    PerMessageDeflate,
)
from websockets.sync.client import connect

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
