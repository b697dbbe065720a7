"""Many SSH servers in one process, each at an address of its own; asyncssh speaks for them.

``python -m bench.poll_cost.fleet`` reads a plan from its standard input, says ``ready``
once it listens, and tells what it was asked, as JSON, when its input ends.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import resource
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import asyncssh

from bench.poll_cost.machine import Model, Talk
from bench.poll_cost.plan import PASSWORD, PHASE_SECONDS, USER, Plan

BACKLOG = 128


@dataclass(slots=True)
class Told:
    """What the fleet was asked, in all."""

    logins: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    bytes_sent: int = 0

    def as_json(self) -> str:
        """Return it in one line."""
        return json.dumps(
            {
                "logins": self.logins,
                "asked": dict(self.asked),
                "faults": dict(self.faults),
                "bytes_sent": self.bytes_sent,
                "cpu_seconds": round(time.process_time(), 2),
            }
        )


class _Shell(asyncssh.SSHServerSession[bytes]):
    """The one channel of a login."""

    def __init__(self, model: Model, told: Told, began_at: float) -> None:
        self._talk = Talk(model, told.asked, told.faults)
        self._told = told
        self._began_at = began_at
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def exec_requested(self, command: str) -> bool:
        if command != "exec /bin/sh":
            self._told.faults[f"another command: {command[:60]}"] += 1
        return True

    def data_received(self, data: bytes, _datatype: int | None) -> None:
        answer = self._talk.say(data, int(time.monotonic() - self._began_at))
        if answer and self._channel is not None:
            self._told.bytes_sent += len(answer)
            self._channel.write(answer)


class _Server(asyncssh.SSHServer):
    """One connection."""

    def __init__(self, model: Model, told: Told, began_at: float) -> None:
        self._new_shell = lambda: _Shell(model, told, began_at)
        self._told = told

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._told.logins += 1
        return (username, password) == (USER, PASSWORD)

    def session_requested(self) -> asyncssh.SSHServerSession[bytes]:
        return self._new_shell()


def black_hole(address: str, port: int) -> list[socket.socket]:
    """Listen and accept nothing, with a queue that is full: whoever comes later gets no answer."""
    listener = socket.create_server((address, port), backlog=0)
    sockets = [listener]
    for _ in range(2):
        visitor = socket.socket()
        visitor.setblocking(False)
        visitor.connect_ex((address, port))
        sockets.append(visitor)
    return sockets


async def serve(plan: Plan) -> None:
    """Serve until the standard input ends."""
    model, told = Model(plan.recording), Told()
    key = asyncssh.generate_private_key("ssh-ed25519")
    addresses = plan.addresses()
    answering = addresses[: plan.servers - plan.black_holes]
    now = time.monotonic()
    for phase, address in enumerate(answering):
        began_at = now - phase * PHASE_SECONDS
        await asyncssh.listen(
            host=address,
            port=plan.port,
            backlog=BACKLOG,
            server_host_keys=[key],
            server_factory=lambda began_at=began_at: _Server(model, told, began_at),
            encoding=None,
            agent_forwarding=False,
            allow_scp=False,
            compression_algs=["none"],
        )
    holes = [black_hole(address, plan.port) for address in addresses[len(answering) :]]
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    for sock in (sock for hole in holes for sock in hole):
        sock.close()
    print(told.as_json(), flush=True)


def main() -> None:
    """Read the plan and serve it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    plan = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the benchmark that started us
    asyncio.run(serve(plan))


if __name__ == "__main__":
    main()
