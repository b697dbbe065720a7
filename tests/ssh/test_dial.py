"""TCP connections: each way to fail has its own words, within its bound."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from monserv.clock import SystemClock
from monserv.errors import Cause, PollError
from monserv.offload import CallRefused, CallTimeout, T
from monserv.ssh import dial as dialling
from monserv.ssh.dial import await_greeting, dial, peek
from monserv.ssh.names import Names
from tests.real.machines import run
from tests.real.namespace import own_network
from tests.ssh.scripted import Scripted


class Resolver:
    """Answers every name with the same addresses, or with an error."""

    def __init__(self, *addresses: tuple[int, tuple[str, int]] | Exception) -> None:
        self._addresses = addresses

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        for one in self._addresses:
            if isinstance(one, Exception):
                raise one
        return list(self._addresses)  # type: ignore[return-value]  # what a look-up gives

    def stop(self) -> None:
        pass


def names(*addresses: tuple[int, tuple[str, int]] | Exception) -> Names:
    return Names(lambda _name, _size: Resolver(*addresses))


def failure(host: str, port: int, known: Names | None = None) -> str:
    with pytest.raises(PollError) as raised:
        dial(host, port, known or names(), SystemClock())
    assert raised.value.cause is Cause.UNREACHABLE
    return str(raised.value)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port whose queue is full, so that the kernel swallows every SYN."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        where = listener.getsockname()
        stuffing = []
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(where)
            stuffing.append(sock)
        yield int(where[1])
        for sock in stuffing:
            sock.close()


def caller(server: Scripted) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port))


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def test_an_address_is_dialled_without_asking_anybody(listener: socket.socket) -> None:
    nobody = names(AssertionError("an address needs no resolver"))
    with dial("127.0.0.1", port_of(listener), nobody, SystemClock()) as sock:
        assert sock.getpeername() == listener.getsockname()


@pytest.mark.parametrize("host", ["fe80::1%no-such", "::1%lo", "10.0.0.3%lo"])
def test_a_zone_that_is_none_here_is_said_to_be_one(host: str) -> None:
    nobody = names(AssertionError("an address needs no resolver"))
    assert failure(host, 22, nobody).startswith(f"The address {host} cannot be used: after the %")


def test_a_refused_connection_says_so() -> None:
    with socket.socket() as sock:
        # Bound and not listening: nobody else gets this port meanwhile.
        sock.bind(("127.0.0.1", 0))
        port = port_of(sock)
        assert failure("127.0.0.1", port) == (
            f"Connection refused: nothing listens on port {port} of 127.0.0.1"
        )


@pytest.mark.real
def test_where_no_way_leads_is_said() -> None:
    with own_network():
        assert failure("192.0.2.1", 22) == "The network of 192.0.2.1 is unreachable"
        run("ip", "link", "set", "lo", "up")
        run("ip", "route", "add", "unreachable", "192.0.2.0/24")
        assert failure("192.0.2.1", 22) == "No route to 192.0.2.1"


@pytest.mark.timed
def test_a_swallowed_syn_is_given_up_in_time(
    black_hole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dialling.CONNECT_SECONDS == 5
    monkeypatch.setattr(dialling, "CONNECT_SECONDS", 0.3)
    began_at = time.monotonic()
    assert failure("127.0.0.1", black_hole) == f"127.0.0.1 does not answer on port {black_hole}"
    assert time.monotonic() - began_at < 1


@pytest.mark.timed
def test_an_address_that_hangs_leaves_time_for_the_next(
    black_hole: int, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling, "CONNECT_SECONDS", 2.0)
    resolver = names(
        (socket.AF_INET, ("127.0.0.1", black_hole)), (socket.AF_INET, listener.getsockname())
    )
    began_at = time.monotonic()
    with dial("nas", 22, resolver, SystemClock()) as sock:
        assert sock.getpeername() == listener.getsockname()
    assert 0.9 < time.monotonic() - began_at < 2.0


def test_an_address_family_that_this_machine_lacks_is_passed_over(
    listener: socket.socket,
) -> None:
    resolver = names((999, ("::1", 22)), (socket.AF_INET, listener.getsockname()))
    with dial("nas", 22, resolver, SystemClock()) as sock:
        assert sock.getpeername() == listener.getsockname()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CallTimeout("late"), "The name nas was not resolved in time"),
        (CallRefused("stopped"), "The name nas was not resolved in time"),
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "The name nas cannot be resolved: Name or service not known",
        ),
        (UnicodeError("label too long"), "The name nas cannot be resolved: not a host name"),
    ],
)
def test_a_name_that_is_not_resolved_says_why(error: Exception, words: str) -> None:
    assert failure("nas", 22, names(error)) == words


@pytest.mark.parametrize("host", ["a" * 64, "a..b", ".nas"])
def test_what_can_be_no_name_is_not_looked_up(host: str) -> None:
    looked_up = names(AssertionError("it was looked up"))
    assert failure(host, 22, looked_up) == f"The name {host} cannot be resolved: not a host name"


def test_a_greeting_is_seen_and_left_to_be_read() -> None:
    with Scripted(lambda sock: sock.sendall(b"SSH-2.0-x\r\n")) as server, caller(server) as sock:
        assert await_greeting(partial(peek, sock), 5) == b"SSH-2.0-x\r\n"
        assert sock.recv(4) == b"SSH-"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (lambda sock: sock.recv(1), "said nothing for"),
        (lambda sock: None, "closed the connection before it said anything"),
    ],
)
def test_a_server_that_hangs_up_at_once_is_told_from_a_silent_one(
    script: Callable[[socket.socket], None], words: str
) -> None:
    with (
        Scripted(script) as server,
        caller(server) as sock,
        pytest.raises(PollError, match=words),
    ):
        await_greeting(partial(peek, sock), 0.2)
