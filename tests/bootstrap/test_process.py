"""The running process: what it says, how it takes signals, how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.bootstrap.starting import Contained, Copy, Start, this_checkout, worker_of

pytestmark = pytest.mark.real

CANARY = "k4n4r1e"


@pytest.fixture
def hole() -> Iterator[int]:
    """A port that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """One that has secrets and settings of the older program, and says all there is to say."""
    older = {"KAFKA_BROKERS": CANARY, "DB_HOST": CANARY, "LOG_THRESHOLDS": "1"}
    with this_checkout(tmp_path_factory.mktemp("running")) as here:
        start = here.start(SERVERS=f"ssh://u:{CANARY}@127.0.0.1:1", LOG_LEVEL="DEBUG", **older)
        start.wait_until_it_answers(60)
        yield start


class Clients:
    """Many WebSockets, and the codes with which they were closed."""

    def __init__(self, port: int, count: int) -> None:
        self.codes: Counter[int | None] = Counter()
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        url = f"ws://127.0.0.1:{port}/ws"
        opened = [
            self._stack.enter_context(connect(url, compression=None, max_size=None))
            for _ in range(count)
        ]
        self._readers = [threading.Thread(target=self._read, args=(one,)) for one in opened]
        for reader in self._readers:
            reader.start()

    def _read(self, client: ClientConnection) -> None:
        try:
            while True:
                client.recv()
        except ConnectionClosed as closed:
            with self._lock:
                self.codes[closed.rcvd.code if closed.rcvd else None] += 1

    def closed(self) -> dict[int | None, int]:
        for reader in self._readers:
            reader.join(10)
        self._stack.close()
        return dict(self.codes)


@pytest.mark.timed
@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT], ids=lambda number: number.name
)
def test_a_signal_closes_every_websocket_and_ends_it_within_three_seconds(
    here: Copy, hole: int, number: int
) -> None:
    hanging = ",".join(f"ssh://u{n}:x@127.0.0.1:{hole}" for n in range(20))
    start = here.start(SERVERS=f"local://,{hanging}")
    start.wait_until_it_answers(60)
    clients = Clients(here.port, 200)
    code, seconds = start.stop(number)
    assert clients.closed() == {1001: 200}
    assert (code, seconds < 3) == (0, True), f"{code} after {seconds:.1f} s: {start.said}"
    assert "Traceback" not in start.said


@pytest.mark.timed
def test_it_ends_as_process_one_of_a_container_too(here: Copy, contained: Contained) -> None:
    start, inner = contained()
    start.wait_until_it_answers(60)
    clients = Clients(here.port, 20)
    started_at = time.monotonic()
    os.kill(inner, signal.SIGTERM)
    assert start.ends(20) == 0
    assert time.monotonic() - started_at < 3
    assert clients.closed() == {1001: 20}


def test_ctrl_c_in_a_terminal_reaches_both_processes_and_ends_it_once(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(60)
    clients = Clients(here.port, 5)
    os.killpg(start.process.pid, signal.SIGINT)
    assert start.ends(30) == 0
    assert clients.closed() == {1001: 5}
    assert "Traceback" not in start.said


def test_a_closed_terminal_ends_it_and_nohup_keeps_it(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(60)
    os.killpg(start.process.pid, signal.SIGHUP)
    assert start.ends(30) == 0
    kept = here.start(prefix=("nohup",))
    kept.wait_until_it_answers(60)
    os.killpg(kept.process.pid, signal.SIGHUP)
    time.sleep(1.5)
    kept.wait_until_it_answers(30)


def test_a_worker_that_dies_is_replaced_by_one(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(60)
    killed = worker_of(start)
    os.kill(killed, signal.SIGKILL)
    start.wait_for("was sent SIGKILL", 30)
    start.wait_until_it_answers(60)
    assert worker_of(start) != killed


def says_more(start: Start, times: int) -> bool:
    return start.said.count("stays as it is") > times


def test_no_signal_makes_a_second_worker_or_master(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(60)
    only = worker_of(start)
    for number in (signal.SIGTTIN, signal.SIGUSR2):
        said = start.said.count("stays as it is")
        start.process.send_signal(number)
        start.wait_until(partial(says_more, start, said), 30)
    time.sleep(1.5)
    assert worker_of(start) == only
    assert start.stop()[0] == 0


def test_no_core_dump_may_hold_what_it_knows(running: Start) -> None:
    limits = Path(f"/proc/{worker_of(running)}/limits").read_text().splitlines()
    (core,) = [line.split() for line in limits if line.startswith("Max core file size")]
    assert core[4:6] == ["0", "0"]


def test_after_a_kill_the_next_start_waits_for_the_worker_and_runs(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(60)
    start.process.kill()
    start.process.wait()
    here.port += 1
    here.start().wait_until_it_answers(60)


def test_the_log_has_three_links_and_nothing_else(here: Copy) -> None:
    start = here.start(SERVER_HOST="::1")
    start.wait_for("/ws", 30)
    said = [line.split(" INFO ")[1] for line in start.said.splitlines() if " INFO " in line]
    assert [line.split()[-1] for line in said] == [
        f"http://[::1]:{here.port}/",
        f"http://[::1]:{here.port}/swagger/index.html",
        f"ws://[::1]:{here.port}/ws",
    ]
    assert start.stop()[0] == 0


def test_settings_of_the_older_program_are_one_warning(running: Start) -> None:
    (said,) = [line for line in running.said.splitlines() if "KAFKA" in line]
    assert "WARNING DB_HOST, KAFKA_BROKERS, LOG_THRESHOLDS: " in said
    assert CANARY not in running.said


def test_a_broken_database_is_said_and_does_not_stop_the_watching(
    here: Copy, tmp_path: Path
) -> None:
    (tmp_path / "data" / "monserv.db").write_bytes(b"no database at all" * 100)
    start = here.start()
    start.wait_until_it_answers(60)
    assert "watching goes on" in start.said
    assert (tmp_path / "data" / "monserv.db").read_bytes() == b"no database at all" * 100


def test_no_query_is_ever_logged(running: Start) -> None:
    for line in (
        f"GET /api/v1/servers/metrics?url=ssh://u:{CANARY}@h HTTP/1.1",
        f"GET /healthz?url=ssh://u:{CANARY}@h HTTP/1.1",
        f"GET /x?url=ssh://u:pass word {CANARY}@h HTTP/1.1",
        f"GET /x?{CANARY}",
        f"GET /x?{CANARY} HTTP/9.9",
        f"G\x01T /x?{CANARY} HTTP/1.1",
        "GET /the-last HTTP/1.1",
    ):
        with socket.create_connection(("127.0.0.1", running.port), 30) as client:
            client.sendall(f"{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            with contextlib.suppress(ConnectionResetError):
                while client.recv(4096):
                    pass
    running.wait_for("GET /the-last 404", 30)
    assert "GET /healthz 200" in running.said
    assert CANARY not in running.said


def test_no_secret_shows_in_the_list_of_processes(running: Start) -> None:
    shown = subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True).stdout
    assert str(running.process.pid) in shown
    assert CANARY not in shown
