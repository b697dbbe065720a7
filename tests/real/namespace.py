"""A second network namespace, as another machine on the same wire."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.real.machines import run

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
def second(net: int = 213) -> Iterator[Namespace]:
    """Make one with a wire to this one; fails where that cannot be done.

    Tests that may run at once each need a ``net`` of their own.
    """
    _clear_away(net)
    number = os.getpid() % 60000
    name, wire = f"monserv-{number}-{net}", f"mv{number}.{net}"
    here, there = f"169.254.{net}.1", f"169.254.{net}.2"
    run("ip", "netns", "add", name)
    try:
        run("ip", "link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "address", "add", f"{here}/30", "dev", wire)
        run("ip", "link", "set", wire, "up")
        run("ip", "-n", name, "address", "add", f"{there}/30", "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", name, "link", "set", "lo", "up")
        yield Namespace(name, here, there)
    finally:
        subprocess.run(["ip", "link", "delete", wire], check=False, capture_output=True)
        run("ip", "netns", "delete", name)


def _clear_away(net: int) -> None:
    """Remove what a run that was killed has left, which has the same addresses."""
    for left in Path("/run/netns").glob(f"monserv-*-{net}"):
        number = left.name.split("-")[1]
        if not Path("/proc", number).exists():
            for gone in (["link", "delete", f"mv{number}.{net}"], ["netns", "delete", left.name]):
                subprocess.run(["ip", *gone], check=False, capture_output=True)
