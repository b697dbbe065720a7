"""An SSH server that lets anybody in and then sends without end what nobody asked for.

``python flooding.py PORT ignore|data``: packets to be ignored, or output of the shell
beyond what the channel's window allows. paramiko's own server side sends them, below
the layer that would wait for room.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading

import paramiko
from paramiko.common import cMSG_CHANNEL_DATA, cMSG_IGNORE


class Everybody(paramiko.ServerInterface):
    def __init__(self) -> None:
        self.has_shell = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self.has_shell.set()
        return True


def flood(transport: paramiko.Transport, channel: paramiko.Channel, mode: str) -> None:
    message = paramiko.Message()
    if mode == "ignore":
        message.add_byte(cMSG_IGNORE)
        message.add_string(b"x" * 64)
    else:
        message.add_byte(cMSG_CHANNEL_DATA)
        message.add_int(channel.remote_chanid)
        message.add_string(b"x" * 30_000)
    while True:
        transport.packetizer.send_message(message)


def serve(connection: socket.socket, key: paramiko.PKey, mode: str) -> None:
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    everybody = Everybody()
    with contextlib.suppress(Exception):  # the caller hangs up, which is what this is about
        transport.start_server(server=everybody)
        channel = transport.accept(10)
        if channel is not None and everybody.has_shell.wait(10):
            flood(transport, channel, mode)
    transport.close()


def main() -> None:
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, key, sys.argv[2]), daemon=True).start()


if __name__ == "__main__":
    main()
