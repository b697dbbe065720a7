"""Logins that succeed on servers that then give no shell, or let the connection go."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from monserv.clock import SystemClock
from monserv.errors import Cause, PollError
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Reach, Server
from monserv.poll.watchdog import Watchdog
from monserv.ssh.opener import Opener
from monserv.ssh.session import Session
from monserv.ssh.transport import LentTransport
from tests.ssh.scripted import Scripted
from tests.waiting import eventually

KEY = paramiko.ECDSAKey.generate()


class Host(paramiko.ServerInterface):
    """Lets anybody in, and gives no channel and no shell unless told otherwise."""

    def __init__(self, *, gives_channels: bool, gives_shells: bool) -> None:
        self._gives_channels = gives_channels
        self._gives_shells = gives_shells
        self.has_shell = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if self._gives_channels:
            return paramiko.OPEN_SUCCEEDED
        return paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self.has_shell.set()
        return self._gives_shells


def serve(
    *,
    gives_channels: bool = True,
    gives_shells: bool = True,
    then: Callable[[paramiko.Transport, paramiko.Channel], None] | None = None,
) -> Callable[[socket.socket], None]:
    def script(connection: socket.socket) -> None:
        transport = paramiko.Transport(connection)
        transport.add_server_key(KEY)
        host = Host(gives_channels=gives_channels, gives_shells=gives_shells)
        transport.start_server(server=host)
        channel = transport.accept(30) if gives_channels else None
        if channel is not None and host.has_shell.wait(30) and then is not None:
            then(transport, channel)
        transport.join(5)
        transport.close()

    return script


@contextmanager
def session(tmp_path: Path, script: Callable[[socket.socket], None]) -> Iterator[Session]:
    watchdog, opener = Watchdog(SystemClock()), Opener(tmp_path, SystemClock())
    watchdog.start()
    try:
        with Scripted(script) as scripted:
            server = Server(
                "nas",
                "nas",
                Reach.SSH,
                "127.0.0.1",
                scripted.port,
                "me",
                "ssh://me:***@127.0.0.1",
                credentials=Credentials(Secret("x"), None),
            )
            opened = opener.open(server, watchdog.limit(10))
            try:
                yield opened
            finally:
                opened.close()
    finally:
        watchdog.stop(5)
        opener.stop()


@pytest.mark.parametrize(
    ("gives_channels", "words"),
    [
        (False, "The server refused a session channel: Administratively prohibited"),
        (True, "The server refused to start /bin/sh: Channel closed."),
    ],
)
def test_a_server_that_refuses_a_channel_or_a_shell_is_named(
    tmp_path: Path, *, gives_channels: bool, words: str
) -> None:
    script = serve(gives_channels=gives_channels, gives_shells=False)
    with session(tmp_path, script) as opened, pytest.raises(PollError) as raised:
        opened.open_shell()
    assert (raised.value.cause, str(raised.value)) == (Cause.SHELL_UNUSABLE, words)


def test_a_shell_that_ends_is_told_from_a_connection_that_does(tmp_path: Path) -> None:
    def end_the_shell(transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        channel.send(b"bye\n")
        channel.close()

    def end_the_connection(transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        channel.send(b"bye\n")
        transport.close()

    with session(tmp_path, serve(then=end_the_shell)) as opened:
        shell = opened.open_shell()
        shell.settimeout(30)
        assert (shell.recv(100), shell.recv(100)) == (b"bye\n", b"")
    with session(tmp_path, serve(then=end_the_connection)) as opened:
        shell = opened.open_shell()
        shell.settimeout(30)
        assert shell.recv(100) == b"bye\n"
        with pytest.raises(ConnectionResetError, match="the connection was closed"):
            shell.recv(100)


def test_a_login_that_ended_leaves_nothing_that_only_a_search_for_garbage_frees(
    tmp_path: Path,
) -> None:
    kinds = (LentTransport, paramiko.BadAuthenticationType)

    def left() -> list[object]:
        return [one for one in gc.get_objects() if type(one) in kinds]

    gc.collect()
    gc.disable()
    try:
        with session(tmp_path, serve()) as opened:
            opened.open_shell()
            # The way in that was tried first, to hear of the others, is forgotten already.
            assert [type(one) for one in left()] == [LentTransport]
        del opened
        assert eventually(lambda: not left())
    finally:
        gc.enable()
