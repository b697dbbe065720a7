"""Many SSH servers in one process that answer as a captured machine did.

``python -m tests.real.crowd PASSWORD PORT...`` listens on each port. One machine would be
too slow for as many real ones: a real poll costs it more than the poller.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
import threading

import paramiko

from monserv.clock import ManualClock
from monserv.probe import script
from tests.poll.machine import Machine


class Host(paramiko.ServerInterface):
    def __init__(self, password: str) -> None:
        self._password = password
        self.has_shell = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if password == self._password else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self.has_shell.set()
        return True


def answer(channel: paramiko.Channel) -> None:
    """Play the shell: the script first, and then a line for each question."""
    machine = Machine(ManualClock())
    received = channel.recv(65536)
    while len(received) < len(script.SCRIPT):
        received += channel.recv(65536)
    channel.sendall(script.READY)
    asked = b""
    while more := channel.recv(65536):
        *lines, asked = (asked + more).split(b"\n")
        machine.clock.advance(1.0)
        channel.sendall(b"".join(machine.answer(line.decode()) for line in lines))


def serve(connection: socket.socket, key: paramiko.PKey, password: str) -> None:
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    host = Host(password)
    with contextlib.suppress(Exception):  # the caller hangs up in the end
        transport.start_server(server=host)
        channel = transport.accept(20)
        if channel is not None and host.has_shell.wait(20):
            answer(channel)
    transport.close()


def main() -> None:
    password, *ports = sys.argv[1:]
    key = paramiko.ECDSAKey.generate()
    selector = selectors.DefaultSelector()
    for port in ports:
        listener = socket.create_server(("127.0.0.1", int(port)))
        selector.register(listener, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for selected, _ in selector.select():
            assert isinstance(selected.fileobj, socket.socket)
            connection, _ = selected.fileobj.accept()
            arguments = (connection, key, password)
            threading.Thread(target=serve, args=arguments, daemon=True).start()


if __name__ == "__main__":
    main()
