"""Ports for programs that tests start, and that no two of them get at once."""

from __future__ import annotations

import os
import random
import socket

# Below those that the kernel gives to whoever asks for any port, and so to every client.
FIRST = 12000
SHARE = 2500
LANES = 8


class Ports:
    """The share of one lane: begun anywhere, as others may run tests on this machine, too."""

    def __init__(self, lane: int) -> None:
        self._first = FIRST + lane % LANES * SHARE
        self._given = random.randrange(0, SHARE, 2)

    def next(self) -> int:
        """Return a port of loopback on which nobody listens; the one after it is not given out."""
        for _ in range(SHARE):
            self._given = (self._given + 2) % SHARE
            if _is_free(self._first + self._given):
                return self._first + self._given
        raise AssertionError("no port is free")


def _is_free(port: int) -> bool:
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# Workers of pytest-xdist are named gw0, gw1, ...
free_port = Ports(int(os.environ.get("PYTEST_XDIST_WORKER", f"gw{LANES - 1}")[2:])).next
