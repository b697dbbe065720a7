"""What ``monserv verify`` says of a server that cannot be tried."""

from __future__ import annotations

import socket

from tests.cli.typing import Type
from tests.ssh.scripted import Scripted


def test_what_a_server_says_does_nothing_to_the_terminal(typed: Type) -> None:
    def greet(connection: socket.socket) -> None:
        connection.sendall(b"\x1b]0;owned\x07\x1b[2J 220 mail\r\n")
        connection.recv(1024)

    with Scripted(greet) as server:
        said = typed("verify", f"ssh://me:secret@127.0.0.1:{server.port}")
    assert said.code == 2
    assert r"\x1b[2J 220 mail" in said.err
    assert "\x1b" not in said.out + said.err
