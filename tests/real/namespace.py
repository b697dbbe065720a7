"""A second network namespace, as another machine on the same wire."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.real.machines import run

# Python has them from 3.12 on.
_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
# Asks each URL in turn, as that other machine would, and follows nothing.
_ASK = """
import http.client, json, sys
asked = json.load(sys.stdin)
said = []
for method, path in asked["requests"]:
    connection = http.client.HTTPConnection(asked["host"], asked["port"], timeout=10)
    connection.request(method, path, headers=asked["headers"])
    answer = connection.getresponse()
    said.append([answer.status, answer.getheader("Location") or "", answer.read(65536).decode()])
    connection.close()
json.dump(said, sys.stdout)
"""


class Namespace:
    """``here`` is the address at which this machine is reached from there, ``there`` its own."""

    def __init__(self, name: str, here: str, there: str) -> None:
        self.name = name
        self.here = here
        self.there = there

    def ask(
        self, port: int, requests: Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> list[tuple[int, str, str]]:
        """Return status, Location and body of each answer."""
        asked = {"host": self.here, "port": port, "requests": requests, "headers": dict(headers)}
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, sys.executable, "-c", _ASK],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=50,
            check=True,
        )
        said: list[Any] = json.loads(done.stdout)
        return [(status, location, body) for status, location, body in said]


@contextlib.contextmanager
def second() -> Iterator[Namespace]:
    """Make one with a wire to a network in which this thread, and all that it starts, then is.

    That is new as well: a Chromium beside gives up whatever it asks for when an address comes
    or goes on its own network. What was started before this is out of reach meanwhile.
    """
    _clear_away()
    name = f"monserv-{os.getpid()}"
    here, there = "169.254.213.1", "169.254.213.2"
    with own_network():
        run("ip", "netns", "add", name)
        try:
            run("ip", "link", "set", "lo", "up")
            run("ip", "link", "add", "wire", "type", "veth", "peer", "name", "eth0", "netns", name)
            run("ip", "address", "add", f"{here}/30", "dev", "wire")
            run("ip", "link", "set", "wire", "up")
            run("ip", "-n", name, "address", "add", f"{there}/30", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
            run("ip", "-n", name, "link", "set", "lo", "up")
            yield Namespace(name, here, there)
        finally:
            run("ip", "netns", "delete", name)


@contextlib.contextmanager
def own_network() -> Iterator[None]:
    """Put this thread into a network of its own, which ends with the last that is in it."""
    with Path("/proc/thread-self/ns/net").open("rb") as before:
        _checked(_LIBC.unshare(_NEW_NETWORK))
        try:
            yield
        finally:
            _checked(_LIBC.setns(before.fileno(), _NEW_NETWORK))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _clear_away() -> None:
    """Remove what a run that was killed has left."""
    for left in Path("/run/netns").glob("monserv-*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            subprocess.run(["ip", "netns", "delete", left.name], check=False, capture_output=True)
