"""An SSH server on loopback, paramiko's own, that asks what a test scripts."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL
from paramiko.server import InteractiveQuery

Prompt = tuple[str, bool]


class Asking(paramiko.ServerInterface):
    """Asks each of ``rounds`` in turn; whoever answers them all is let in.

    ``said`` is everything that it was told.
    """

    def __init__(self, *rounds: list[Prompt], offers: str = "keyboard-interactive") -> None:
        self._rounds = list(rounds)
        self._offers = offers
        self.said: list[str] = []
        self.methods: list[str] = []

    def get_allowed_auths(self, username: str) -> str:
        return self._offers

    def check_auth_none(self, username: str) -> int:
        self.methods.append("none")
        return AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        self.methods.append("password")
        self.said.append(password)
        return AUTH_SUCCESSFUL if "password" in self._offers else AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.methods.append("publickey")
        return AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> InteractiveQuery | int:
        self.methods.append("keyboard-interactive")
        return self._next()

    def check_auth_interactive_response(self, responses: list[str]) -> InteractiveQuery | int:
        self.said += responses
        return self._next()

    def _next(self) -> InteractiveQuery | int:
        if not self._rounds:
            return AUTH_SUCCESSFUL
        return InteractiveQuery("a title", "what to do", *self._rounds.pop(0))


@contextlib.contextmanager
def login(server: Asking) -> Iterator[paramiko.Transport]:
    """Give a transport that has agreed on keys with ``server``, ready to log in."""
    ours, theirs = socket.socketpair()
    far = paramiko.Transport(theirs)
    far.add_server_key(paramiko.ECDSAKey.generate())
    far.start_server(event=threading.Event(), server=server)
    near = paramiko.Transport(ours)
    near.start_client(timeout=30)
    try:
        yield near
    finally:
        for one in (near, far):
            one.close()
            one.join(30)
