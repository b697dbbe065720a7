"""The examples of the WebSocket page, each run as its reader would, against the product."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from monserv.wire.schemas.stream import Snapshot
from tests.conformance import SUBPROTOCOL
from tests.docs.relay import Relay
from tests.ports import free_port
from tests.real.machines import wait_for_port
from tests.real.product import Product, wait_until

pytestmark = pytest.mark.real
CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "docs/examples"
NODE_MODULES = os.environ.get("NODE_PATH", str(CHECKOUT / ".venv-node/node_modules"))
STATE = re.compile(r"(\S+Z) local:// online memory [\d.]+ %")
SNAPSHOT = "0 alerts are active"


class Example:
    """A running example, and what it has printed."""

    def __init__(self, log: Path, *command: str) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0
            )

    def said(self) -> str:
        return self._log.read_text()

    def newest(self) -> str:
        """Return when the newest state that it showed was taken; empty while there is none."""
        return max(STATE.findall(self.said()), default="")

    def count(self, words: str) -> int:
        return self.said().count(words)

    def wait(self) -> int:
        return self._process.wait(10)

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def commands(folder: Path, socket_url: str, page_port: int) -> dict[str, tuple[str, ...]]:
    """Return how each example is started; Node looks for packages beside the file."""
    (folder / "node_modules").symlink_to(NODE_MODULES)
    client = shutil.copy(EXAMPLES / "client.mjs", folder)
    shutil.copy(EXAMPLES / "watcher.mjs", folder)
    page = f"http://127.0.0.1:{page_port}/browser.html?url={socket_url}"
    return {
        "client.py": (sys.executable, str(EXAMPLES / "client.py"), socket_url),
        "client.mjs": ("node", client, socket_url),
        "browser.html": (sys.executable, str(Path(__file__).with_name("show_page.py")), page),
    }


@pytest.fixture(scope="module")
def page_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve the examples on a port of their own, and so from a foreign origin."""
    port = free_port()
    log = tmp_path_factory.mktemp("pages") / "log"
    where = ("--bind", "127.0.0.1", "--directory", str(EXAMPLES), str(port))
    server = Example(log, sys.executable, "-m", "http.server", *where)
    wait_for_port(port)
    yield port
    server.stop()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, page_port: int) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    origin = f"http://127.0.0.1:{page_port}"
    product = Product(folder, ["local://"], ALLOWED_ORIGINS=origin).start()
    yield product
    product.kill()


@pytest.fixture(scope="module")
def line(product: Product) -> Iterator[Relay]:
    """What lies between the examples and the product."""
    relay = Relay(product.port)
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, line: Relay, page_port: int
) -> Iterator[dict[str, Example]]:
    """Start every example, and wait until it is connected."""
    folder = tmp_path_factory.mktemp("examples")
    url = f"ws://127.0.0.1:{line.port}/ws"
    started = {
        name: Example(folder / f"{name}.log", *command)
        for name, command in commands(folder, url, page_port).items()
    }
    try:
        for name, example in started.items():
            # A browser may take long to start.
            wait_until(example.newest, 60, what=f"{name}: {example.said()}")
        yield started
    finally:
        for example in started.values():
            example.stop()


def push(product: Product, subject: str) -> None:
    """Have the product tell of an alert, now and this once."""
    alert = {"alert_type": "alert", "subject": subject, "message": "It works"}
    asked = urllib.request.Request(
        f"{product.url}/api/test-alert",
        data=json.dumps(alert).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.status == 200


def test_an_example_shows_states_as_they_change_and_alerts(
    running: dict[str, Example], product: Product
) -> None:
    first = {name: example.newest() for name, example in running.items()}
    push(product, "[ALERT] first")

    for name, example in running.items():
        wait_until(lambda e=example, n=name: e.newest() > first[n], what=name)
        wait_until(lambda e=example: "[ALERT] first: It works" in e.said(), what=name)


def test_an_example_that_was_cut_off_is_told_what_it_missed_and_nothing_twice(
    running: dict[str, Example], product: Product, line: Relay
) -> None:
    snapshots = {name: example.count(SNAPSHOT) for name, example in running.items()}
    lines = line.accepted
    line.cut()
    push(product, "[ALERT] missed")
    line.mend()

    for name, example in running.items():
        wait_until(lambda e=example: "[ALERT] missed: It works" in e.said(), what=name)
    push(product, "[ALERT] after")
    for name, example in running.items():
        wait_until(lambda e=example: "[ALERT] after: It works" in e.said(), what=name)
        assert example.count("[ALERT] missed") == 1
        assert example.count(SNAPSHOT) == snapshots[name]
    assert line.accepted >= lines + len(running)


def test_every_kind_of_message_comes_as_the_document_declares_it(product: Product) -> None:
    """What is received is judged by ``tests.conformance``; what is not here is not judged."""
    url = f"ws://127.0.0.1:{product.port}/ws"
    with connect(url, subprotocols=[Subprotocol(SUBPROTOCOL)], max_size=None) as client:

        def next_of(kind: str) -> dict[str, Any]:
            while (message := json.loads(client.recv(30)))["type"] != kind:
                pass
            return dict(message)

        hello = next_of("hello")
        everything = next_of("snapshot")
        assert Snapshot().validate(everything) == {}
        assert next_of("delta")["servers"].keys() <= everything["servers"].keys()
        push(product, "[ALERT] kinds")
        assert next_of("alert")["alert"]["subject"] == "[ALERT] kinds"
        client.send("what?")
        assert next_of("error")["code"] == "invalid_json"
        client.send(json.dumps({"type": "subscribe", "fields": ["status", "metrics.cpu"]}))
        chosen = next_of("snapshot")
        assert set(chosen["servers"]["local"]) == {"status", "metrics"}
        assert hello["epoch"] == everything["epoch"] == chosen["epoch"]
    with product.websocket() as older:
        assert json.loads(older.recv(30))["type"] == "metrics_update"


def test_the_examples_come_back_after_a_restart(
    running: dict[str, Example], product: Product
) -> None:
    product.stop()
    before = {name: example.newest() for name, example in running.items()}
    snapshots = {name: example.count(SNAPSHOT) for name, example in running.items()}
    product.start()

    for name, example in running.items():
        wait_until(lambda e=example, n=name: e.newest() > before[n], 60, what=name)
        assert example.count(SNAPSHOT) > snapshots[name]


@pytest.mark.parametrize("name", ["client.py", "client.mjs"])
def test_a_program_that_is_refused_says_so_and_ends(
    product: Product, tmp_path: Path, name: str
) -> None:
    url = f"ws://127.0.0.1:{product.port}/nowhere"
    example = Example(tmp_path / "log", *commands(tmp_path, url, 0)[name])
    try:
        assert example.wait() == 1
    finally:
        example.stop()
    assert "404" in example.said()


@pytest.mark.parametrize("name", ["client.py", "client.mjs"])
def test_a_program_whose_reader_leaves_ends_quietly(
    product: Product, tmp_path: Path, name: str
) -> None:
    command = shlex.join(commands(tmp_path, f"ws://127.0.0.1:{product.port}/ws", 0)[name])
    done = subprocess.run(
        ["sh", "-c", f"{command} | head -n 1"],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
