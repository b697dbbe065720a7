"""What commands say of a server that cannot be tried."""

from __future__ import annotations

import socket

import pytest

from tests.cli.typing import Type
from tests.ssh.scripted import Scripted


@pytest.mark.parametrize("command", ["check", "record", "verify"])
def test_what_a_server_says_does_nothing_to_the_terminal(typed: Type, command: str) -> None:
    def greet(connection: socket.socket) -> None:
        connection.sendall(b"\x1b]0;owned\x07\x1b[2J 220 mail\r\n")
        connection.recv(1024)

    with Scripted(greet) as server:
        said = typed(command, f"ssh://me:secret@127.0.0.1:{server.port}")
    assert said.code != 0
    assert r"\x1b[2J 220 mail" in said.out + said.err
    assert "\x1b" not in said.out + said.err
