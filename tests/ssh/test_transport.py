"""What a transport does otherwise than paramiko's own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
import pytest
from paramiko.auth_handler import AuthHandler
from paramiko.message import Message

from monserv.ssh.transport import LentTransport, QuietTransport

KEY = paramiko.ECDSAKey.generate()


class Guard(paramiko.ServerInterface):
    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if password == "right" else paramiko.AUTH_FAILED


@contextmanager
def connected() -> Iterator[QuietTransport]:
    ours, theirs = socket.socketpair()
    server, client = paramiko.Transport(theirs), QuietTransport(ours)
    server.add_server_key(KEY)
    # With an event it does not wait for whoever logs in.
    server.start_server(threading.Event(), Guard())
    client.start_client(timeout=10)
    try:
        yield client
    finally:
        client.finish()
        server.close()


def test_the_service_of_logging_in_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[AuthHandler] = []
    grant = AuthHandler._parse_service_request

    def count(handler: AuthHandler, message: Message) -> None:
        asked.append(handler)
        grant(handler, message)

    monkeypatch.setattr(AuthHandler, "_parse_service_request", count)
    with connected() as transport:
        with pytest.raises(paramiko.BadAuthenticationType):
            transport.auth_none("me")
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_password("me", "wrong")
        assert transport.auth_password("me", "right") == []
    assert len(asked) == 1


def test_a_cipher_that_authenticates_is_taken_where_both_have_one() -> None:
    with connected() as transport:
        assert transport.remote_cipher == "aes128-gcm@openssh.com"


def test_a_login_that_is_accepted_unasked_ends_at_once() -> None:
    ours, theirs = socket.socketpair()
    server, client = paramiko.Transport(theirs), LentTransport(ours)
    server.add_server_key(KEY)
    server.start_server(threading.Event(), Guard())
    client.start_client(timeout=10)
    try:
        with pytest.raises(paramiko.BadAuthenticationType):
            client.auth_none("me")
        server._send_message(Message(b"\x34"))  # type: ignore[attr-defined]  # the stubs leave it out
        client.join(30)
        assert (client.is_alive(), client.is_active()) == (False, False)
        assert "was not asked for" in str(client.get_exception())
    finally:
        client.finish()
        server.close()
