"""The examples of the WebSocket page, each run as its reader would, against the product."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.real.machines import wait_for_port
from tests.real.product import Product, wait_until

pytestmark = pytest.mark.real
CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "docs/examples"
NODE_MODULES = os.environ.get("NODE_PATH", str(CHECKOUT / ".venv-node/node_modules"))
NAMES = ("client.py", "client.mjs", "browser.html")
STATE = re.compile(r"(\S+Z) local:// memory [\d.]+ %")
GONE = "[ALERT] gone offline: No data for 3 polls"


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
    """Start the product; one of its two servers is never there, which is an alert soon."""
    folder = tmp_path_factory.mktemp("product")
    servers = ["local://", f"ssh://nobody@127.0.0.1:{free_port()}?name=gone"]
    origin = f"http://127.0.0.1:{page_port}"
    product = Product(folder, servers, POLL_INTERVAL_SECONDS="3", ALLOWED_ORIGINS=origin)
    yield product
    product.kill()


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, product: Product, page_port: int
) -> Iterator[dict[str, Example]]:
    """Start every example, and soon enough to be there when the alert is told."""
    product.start()
    folder = tmp_path_factory.mktemp("examples")
    url = f"ws://127.0.0.1:{product.port}/ws"
    started = {
        name: Example(folder / f"{name}.log", *command)
        for name, command in commands(folder, url, page_port).items()
    }
    yield started
    for example in started.values():
        example.stop()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_shows_states_and_alerts(running: dict[str, Example], name: str) -> None:
    example = running[name]
    # A browser may take long to start.
    first = wait_until(example.newest, 40, what=f"{name}: {example.said()}")

    wait_until(lambda: example.newest() > first, what=f"{name}: {example.said()}")
    wait_until(lambda: GONE in example.said(), what=f"{name}: {example.said()}")


def test_the_examples_come_back_after_a_restart(
    running: dict[str, Example], product: Product
) -> None:
    product.stop()
    before = {name: example.newest() for name, example in running.items()}
    product.start()

    for name, example in running.items():
        wait_until(lambda e=example, n=name: e.newest() > before[n], what=name)


@pytest.mark.usefixtures("running")
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


@pytest.mark.usefixtures("running")
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
