"""Connections through a jump server that lies, floods, freezes or refuses."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import paramiko
import pytest
from paramiko.common import cMSG_CHANNEL_DATA, cMSG_IGNORE
from paramiko.message import Message

from monserv.clock import SystemClock
from monserv.errors import Cause, PollError
from monserv.ssh import lines
from monserv.ssh.lines import WINDOW_BYTES, Carrier, Line
from tests.waiting import eventually

KEY = paramiko.ECDSAKey.generate()
PROHIBITED = paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
UNREACHABLE = paramiko.OPEN_FAILED_CONNECT_FAILED


class Gate(paramiko.ServerInterface):
    """Lets everybody in, and answers for what is behind as ``verdicts`` say."""

    def __init__(self) -> None:
        self.verdict: Callable[[], int] = lambda: paramiko.OPEN_SUCCEEDED
        self.wanted: list[tuple[str, int]] = []

    def check_auth_none(self, username: str) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        self.wanted.append(destination)
        return self.verdict()


class Tunnel:
    """A login on a jump server in this process."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.gate = Gate()
        self.server = paramiko.Transport(self.theirs)
        self.server.add_server_key(KEY)
        self.server.start_server(threading.Event(), self.gate)
        self.carrier = Carrier(ours, "bastion", SystemClock())
        self.carrier.start_client(timeout=10)
        self.carrier.auth_none("me")

    def line(self, lease: Any = None) -> tuple[Line, paramiko.Channel]:
        line = self.carrier.open_line("10.0.0.3", 22, lease or Lease())
        there = self.server.accept(30)
        assert there is not None
        return line, there

    def end(self) -> None:
        self.carrier.finish()
        self.server.close()
        self.theirs.close()


class Lease:
    def __init__(self) -> None:
        self.abort: Callable[[], None] = lambda: None

    def hold(self, abort: Callable[[], None]) -> None:
        self.abort = abort

    def queuing(self, _most_seconds: float) -> contextlib.nullcontext[None]:
        return contextlib.nullcontext()


@pytest.fixture
def tunnel() -> Iterator[Tunnel]:
    tunnel = Tunnel()
    yield tunnel
    tunnel.end()
    assert eventually(lambda: not tunnel.carrier.is_alive())


def refusal(tunnel: Tunnel) -> PollError:
    with pytest.raises(PollError) as raised:
        tunnel.carrier.open_line("10.0.0.3", 22, Lease())
    return raised.value


def test_a_line_carries_what_is_said_both_ways_and_lets_the_beginning_be_seen(
    tunnel: Tunnel,
) -> None:
    line, there = tunnel.line()
    assert tunnel.gate.wanted == [("10.0.0.3", 22)]
    there.sendall(b"SSH-2.0-x\r\n")
    assert line.peek(80, 5) == b"SSH-2.0-x\r\n"
    assert (line.recv(4), line.recv(100)) == (b"SSH-", b"2.0-x\r\n")
    assert line.send(b"hello") == 5
    assert there.recv(5) == b"hello"
    there.close()
    line.settimeout(30)
    assert line.recv(1) == b""
    line.close()


def test_silence_and_the_end_are_told_apart(tunnel: Tunnel) -> None:
    line, there = tunnel.line()
    with pytest.raises(TimeoutError):
        line.peek(80, 0.05)
    there.close()
    assert line.peek(80, 5) == b""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (PROHIBITED, "The jump server bastion does not allow connections to 10.0.0.3 on port 22"),
        (UNREACHABLE, "The jump server bastion cannot reach 10.0.0.3 on port 22: "),
        (
            paramiko.OPEN_FAILED_RESOURCE_SHORTAGE,
            "The jump server bastion opens no connection to 10.0.0.3 on port 22: ",
        ),
    ],
)
def test_each_refusal_has_its_sentence_and_leaves_no_trace(
    tunnel: Tunnel, code: int, words: str
) -> None:
    tunnel.gate.verdict = lambda: code
    error = refusal(tunnel)
    assert (error.cause, str(error).startswith(words)) == (Cause.UNREACHABLE, True)
    assert tunnel.carrier.is_active()
    assert (tunnel.carrier._known, tunnel.carrier.channels_seen) == ({}, {})  # type: ignore[attr-defined]  # not in the stubs


def test_a_closed_line_is_closed_there_told_once_and_forgotten(tunnel: Tunnel) -> None:
    line, there = tunnel.line()
    told: list[int] = []
    line.when_closed(lambda: told.append(1))
    line.close()
    line.close()
    there.settimeout(30)
    assert there.recv(1) == b""
    there.close()
    assert told == [1]
    assert eventually(lambda: tunnel.carrier._known == {})
    with pytest.raises(BrokenPipeError):
        line.send(b"x")


@pytest.mark.timed
def test_shutting_one_line_down_wakes_its_reader_and_writer_and_no_other(tunnel: Tunnel) -> None:
    line, _ = tunnel.line()
    other, there = tunnel.line()
    line.settimeout(30)
    woken: list[object] = []

    def write() -> None:
        # Nobody there reads, so the room for it ends. Who was not there yet is told with an error.
        with contextlib.suppress(BrokenPipeError):
            while line.send(b"x" * 32768):
                pass
        woken.append("writer")

    threads = [threading.Thread(target=lambda: woken.append(line.recv(1)))]
    threads.append(threading.Thread(target=write))
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    began_at = time.monotonic()
    line.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(30)
    assert time.monotonic() - began_at < 1
    assert len(woken) == 2
    there.sendall(b"still here")
    other.settimeout(30)
    assert other.recv(100) == b"still here"


def test_lines_end_with_the_login_that_carries_them(tunnel: Tunnel) -> None:
    line, _ = tunnel.line()
    line.settimeout(30)
    tunnel.server.close()
    assert line.recv(1) == b""
    assert eventually(lambda: not tunnel.carrier.is_active())
    error = refusal(tunnel)
    assert (error.cause, str(error)) == (
        Cause.PARENT_DOWN,
        "The jump server bastion ended the connection",
    )
    line.close()


def test_one_that_connects_for_ever_is_given_up_and_its_late_answer_closed(
    tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "OPEN_SECONDS", 0.2)
    go_on = threading.Event()

    def late() -> int:
        go_on.wait(30)
        return paramiko.OPEN_SUCCEEDED

    tunnel.gate.verdict = late
    error = refusal(tunnel)
    # It has answered the question whether it is alive.
    assert error.cause is Cause.UNREACHABLE
    assert "got no answer from 10.0.0.3 on port 22" in str(error)
    go_on.set()
    there = tunnel.server.accept(30)
    assert there is not None
    there.settimeout(30)
    assert there.recv(1) == b""
    there.close()
    assert eventually(lambda: tunnel.carrier._known == {})
    assert tunnel.carrier.is_active()


def test_one_that_says_nothing_at_all_is_ended_for_all(
    tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "OPEN_SECONDS", 0.2)
    line, _ = tunnel.line()
    frozen = threading.Event()
    monkeypatch.setattr(tunnel.server.packetizer, "read_message", lambda: frozen.wait(5) and None)
    # The read that was going on still takes one packet.
    error = refusal(tunnel)
    for _ in range(2):
        if error.cause is Cause.UNREACHABLE:
            error = refusal(tunnel)
    assert (error.cause, str(error)) == (
        Cause.PARENT_DOWN,
        "The jump server bastion no longer answers",
    )
    line.settimeout(30)
    assert line.recv(1) == b""
    frozen.set()


@pytest.mark.timed
def test_whoever_opens_a_line_goes_at_his_deadline(tunnel: Tunnel) -> None:
    go_on = threading.Event()

    def late() -> int:
        go_on.wait(30)
        return paramiko.OPEN_SUCCEEDED

    tunnel.gate.verdict = late
    lease = Lease()

    def expire() -> None:
        lease.abort()

    threading.Timer(0.1, expire).start()
    began_at = time.monotonic()
    with pytest.raises(PollError):
        tunnel.carrier.open_line("10.0.0.3", 22, lease)
    assert time.monotonic() - began_at < 2
    go_on.set()


def test_a_line_holds_no_more_than_it_has_room_for(tunnel: Tunnel) -> None:
    line, there = tunnel.line()
    for _ in range(2 * WINDOW_BYTES // 16384):
        # What its own side would wait with until there is room.
        m = Message()
        m.add_byte(cMSG_CHANNEL_DATA)
        m.add_int(there.remote_chanid)
        m.add_string(b"x" * 16384)
        with contextlib.suppress(EOFError):
            tunnel.server._send_user_message(m)  # type: ignore[attr-defined]  # not in the stubs
    assert eventually(lambda: not tunnel.carrier.is_active())
    assert len(line._channel.in_buffer) <= WINDOW_BYTES


def test_what_is_read_as_it_comes_has_no_end_and_costs_no_allowance(tunnel: Tunnel) -> None:
    line, there = tunnel.line()
    line.settimeout(10)
    total = 12 * 1024 * 1024

    def write() -> None:
        with contextlib.suppress(OSError):
            there.sendall(b"x" * total)

    writer = threading.Thread(target=write)
    writer.start()
    got = 0
    while got < total and (piece := line.recv(65536)):
        got += len(piece)
    line.close()
    writer.join(30)
    assert (got, tunnel.carrier.is_active()) == (total, True)


def test_a_flood_beside_the_lines_ends_the_login(tunnel: Tunnel) -> None:
    line, _ = tunnel.line()
    noise = Message()
    noise.add_byte(cMSG_IGNORE)
    noise.add_string(b"x" * 30000)
    for _ in range(1000):
        if not tunnel.carrier.is_active():
            break
        try:
            tunnel.server._send_user_message(noise)  # type: ignore[attr-defined]  # not in the stubs
        except (EOFError, OSError):
            break
    assert eventually(lambda: not tunnel.carrier.is_active())
    line.settimeout(30)
    assert line.recv(1) == b""


def test_one_that_takes_nothing_is_ended_and_nobody_waits_for_it_beyond_his_deadline(
    tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "STUCK_SECONDS", 0.1)
    line, _ = tunnel.line()
    frozen = threading.Event()
    monkeypatch.setattr(tunnel.server.packetizer, "read_message", lambda: frozen.wait(10) and None)
    ended = threading.Event()

    def write() -> None:
        try:
            while line.send(b"x" * 30000):
                pass
        except (EOFError, OSError):
            pass
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert eventually(lambda: tunnel.carrier._impatient.is_stuck() or ended.is_set())
    line.shutdown(socket.SHUT_RDWR)
    assert ended.wait(2)
    frozen.set()
    writer.join(30)
