"""What is taken for refused, of a server that is slow, hasty or talkative."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import paramiko
import pytest

from monserv.errors import PollError
from monserv.model.restriction import Attempt, Liberty
from monserv.ssh import restrictions

Answer = Callable[[paramiko.Channel, bytes], None]


class Server(paramiko.ServerInterface):
    """Lets everybody in, answers a command as a test says, and refuses all else."""

    def __init__(self, answer: Answer | None, is_deaf: threading.Event | None) -> None:
        self._answer = answer
        self._is_deaf = is_deaf

    def check_auth_none(self, _username: str) -> int:
        return paramiko.common.AUTH_SUCCESSFUL

    def check_channel_request(self, _kind: str, _number: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(self, *_: object) -> int:
        if self._is_deaf is not None:
            self._is_deaf.wait(10)
        return paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        if self._answer is None:
            return False
        self._answer(channel, command.removeprefix(b"echo ").replace(b'""', b""))
        return True


@pytest.fixture(scope="module")
def host_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


@contextlib.contextmanager
def logged_in(
    host_key: paramiko.PKey, answer: Answer | None = None, is_deaf: threading.Event | None = None
) -> Iterator[paramiko.Transport]:
    ours, theirs = socket.socketpair()
    server, client = paramiko.Transport(theirs), paramiko.Transport(ours)
    try:
        server.add_server_key(host_key)
        server.start_server(threading.Event(), Server(answer, is_deaf))
        client.start_client(timeout=10)
        client.auth_none("me")
        yield client
    finally:
        client.close()
        server.close()


def first(transport: paramiko.Transport) -> Attempt:
    return next(restrictions.attempts(transport))


def test_what_a_server_refuses_is_refused(host_key: paramiko.PKey) -> None:
    with logged_in(host_key) as transport:
        found = list(restrictions.attempts(transport))
    assert found == [Attempt(liberty, is_refused=True) for liberty in Liberty]


def test_a_command_that_ended_before_it_was_heard_was_not_refused(host_key: paramiko.PKey) -> None:
    def at_once(channel: paramiko.Channel, said: bytes) -> None:
        channel.sendall(said)
        channel.close()

    with logged_in(host_key, at_once) as transport:
        assert not first(transport).is_refused


def test_a_command_whose_answer_stands_behind_a_long_greeting_was_not_refused(
    host_key: paramiko.PKey,
) -> None:
    def after_much(channel: paramiko.Channel, said: bytes) -> None:
        for number in range(400):
            channel.sendall(f"rule {number} of this house: {'be nice. ' * 30}\n".encode())
        channel.sendall(said)
        channel.shutdown_write()

    with logged_in(host_key, after_much) as transport:
        assert not first(transport).is_refused


def test_a_server_that_does_not_answer_in_time_has_not_refused(
    host_key: paramiko.PKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restrictions, "TRY_SECONDS", 0.2)
    with (
        logged_in(host_key, lambda _channel, _said: None) as transport,
        pytest.raises(PollError, match="another command is refused cannot be told"),
    ):
        first(transport)


def test_a_server_that_never_ends_to_talk_has_not_refused(
    host_key: paramiko.PKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restrictions, "_MAX_BYTES", 10_000)

    def on_and_on(channel: paramiko.Channel, _said: bytes) -> None:
        channel.sendall(b"no " * 10_000)

    with logged_in(host_key, on_and_on) as transport, pytest.raises(PollError, match="too much"):
        first(transport)


def test_a_connection_that_is_neither_made_nor_refused_is_not_refused(
    host_key: paramiko.PKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = threading.Event()
    with logged_in(host_key, is_deaf=is_over) as transport:
        monkeypatch.setattr(restrictions, "TRY_SECONDS", 1.0)
        found: list[Attempt] = []
        with pytest.raises(PollError, match=f"Whether {Liberty.FORWARDING} is refused"):
            found += restrictions.attempts(transport)
        is_over.set()
