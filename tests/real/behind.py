"""A bastion in a network of its own, and a machine that is reached only from there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from monserv.model.server import Server
from tests.real.machines import Sshd, User
from tests.real.namespace import second
from tests.real.watching import ssh_server


class InsideSshd(Sshd):
    """An sshd that this network does not reach, or not yet."""

    def _wait(self) -> None:
        give_up_at = time.monotonic() + 10
        while self.log().count("Server listening on") < self.starts:
            assert time.monotonic() < give_up_at, self.log()
            time.sleep(0.02)

    starts = 0

    def start(self) -> None:
        self.starts = self.log().count("Server listening on") if self.log_path.exists() else 0
        self.starts += 1 + sum(line.startswith("ListenAddress") for line in self.extra)
        super().start()


@dataclass(frozen=True)
class Network:
    """Both servers and the user that may log in on either."""

    bastion: Sshd
    inner: Sshd
    user: User

    def jump(self, password: str | None = None) -> Server:
        """Return the bastion as a server."""
        wanted = self.user.password if password is None else password
        host = self.bastion.address
        return ssh_server("bastion", self.bastion.port, self.user.name, wanted, host=host)

    def behind(
        self, server_id: str = "inner", *, host: str = "127.0.0.1", jump: Server | None = None
    ) -> Server:
        """Return the machine behind it, of which each address of the loopback is one."""
        found = ssh_server(
            server_id, self.inner.port, self.user.name, self.user.password, host=host
        )
        hop = self.jump() if jump is None else jump
        return replace(found, jump=hop.name, hops=(*hop.hops, replace(hop, hops=(), jump="")))


@contextlib.contextmanager
def network(folder: Path, user: User) -> Iterator[Network]:
    """Start both; they end with it."""
    with second() as there, contextlib.ExitStack() as stack:
        machines = []
        for name, address in (("bastion", there.there), ("inner", "0.0.0.0")):
            own = folder / name
            own.mkdir(exist_ok=True)
            sshd = InsideSshd(own, address=address, namespace=there.name)
            stack.callback(sshd.stop)
            sshd.start()
            machines.append(sshd)
        yield Network(machines[0], machines[1], user)
