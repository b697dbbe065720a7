"""A hundred servers begin at once, and half of them are dead, each in its own way."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monserv.model.poll import Missed, Polled
from monserv.model.server import Server
from monserv.ssh import session
from monserv.ssh.opener import HANDSHAKES_AT_ONCE
from tests.ports import free_port
from tests.real.watching import Watch, ssh_server
from tests.ssh.scripted import Scripted
from tests.waiting import eventually

pytestmark = pytest.mark.real

LIVING = 50
DEAD = 50
PASSWORD = "of-the-crowd"
CHECKOUT = Path(__file__).parents[2]
FIRST_DATA_SECONDS = 10.0


@contextlib.contextmanager
def crowd() -> Iterator[list[int]]:
    """Give the ports of those that live."""
    ports = [free_port() for _ in range(LIVING)]
    command = [sys.executable, "-m", "tests.real.crowd", PASSWORD, *map(str, ports)]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield ports
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """Give a port at which no connection is ever taken up, nor refused."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        # Once its queue is full, the kernel swallows each SYN.
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(address)
        yield int(address[1])


def say_nothing(connection: socket.socket) -> None:
    connection.settimeout(30)
    while connection.recv(1024):
        pass


def fall_silent(connection: socket.socket) -> None:
    """Be a server from which large packets get lost on the way."""
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    say_nothing(connection)


def speak_http(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.fixture
def most_handshakes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many handshakes there were at once, each time that one began."""
    seen: list[int] = []
    under_way: list[int] = []
    negotiate = session.Dialer._negotiate

    def counted(*arguments: Any) -> Any:
        under_way.append(0)
        seen.append(len(under_way))
        if len(seen) == 1:
            # They are quick: whether two meet by themselves depends on the machine.
            eventually(lambda: len(seen) > 1, 3)
        try:
            return negotiate(*arguments)
        finally:
            under_way.pop()

    monkeypatch.setattr(session.Dialer, "_negotiate", counted)
    return seen


@pytest.mark.timed
def test_the_first_data_of_the_living_is_there_within_ten_seconds(
    tmp_path: Path, most_handshakes: list[int]
) -> None:
    with contextlib.ExitStack() as stack:
        silent, http = (
            stack.enter_context(Scripted(script)) for script in (say_nothing, speak_http)
        )
        ports = [stack.enter_context(black_hole()), silent.port, http.port, free_port()]
        living = [
            ssh_server(f"living {number}", port, "me", PASSWORD)
            for number, port in enumerate(stack.enter_context(crowd()))
        ]
        dead = [
            ssh_server(f"dead {number}", ports[number % len(ports)], "me", PASSWORD)
            for number in range(DEAD)
        ]
        # They take turns, so that the dead are in front of the living.
        servers = [one for pair in zip(dead, living, strict=True) for one in pair]
        began_at = time.monotonic()
        with Watch(tmp_path, servers, interval_seconds=4.0) as watch:
            assert eventually(lambda: all(map(watch.results, ids(servers))), 20)
            took = {server.id: watch.arrivals(server.id)[0][0] - began_at for server in living}
            firsts = {server.id: watch.results(server.id)[0] for server in servers}
            problems = watch.problems()
    assert {name for name in ids(living) if not isinstance(firsts[name], Polled)} == set()
    assert {name for name in ids(dead) if not isinstance(firsts[name], Missed)} == set()
    assert max(took.values()) < FIRST_DATA_SECONDS, sorted(took.values())
    assert 1 < max(most_handshakes) <= HANDSHAKES_AT_ONCE
    assert problems == ()


@pytest.mark.timed
def test_fifty_that_fall_silent_in_the_handshake_keep_nobody_waiting(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        silent = stack.enter_context(Scripted(fall_silent))
        dead = [ssh_server(f"dead {number}", silent.port, "me", PASSWORD) for number in range(DEAD)]
        living = [
            ssh_server(f"living {number}", port, "me", PASSWORD)
            for number, port in enumerate(stack.enter_context(crowd()))
        ]
        began_at = time.monotonic()
        with Watch(tmp_path, [*dead, *living], interval_seconds=4.0) as watch:
            assert eventually(lambda: all(map(watch.results, ids(living))), 40)
            took = {server.id: watch.arrivals(server.id)[0][0] - began_at for server in living}
            firsts = {server.id: watch.results(server.id)[0] for server in living}
    assert {name for name in firsts if not isinstance(firsts[name], Polled)} == set()
    assert max(took.values()) < FIRST_DATA_SECONDS, sorted(took.values())


def ids(servers: list[Server]) -> list[str]:
    return [server.id for server in servers]
