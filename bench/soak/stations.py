"""The servers of the soak: real sshd and dropbear, each server behind a proxy that meddles."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.real.behind import InsideSshd
from tests.real.machines import Dropbear, Sshd, User
from tests.real.meddler import Meddler
from tests.real.namespace import Namespace, second
from tests.real.product import ssh_url

# The df of one sshd hangs for as long as a file is there.
HANGING_DF = '#!/bin/sh\n[ -e "{flag}" ] && exec sleep 1000\nexec {df} "$@"\n'
# Which machine each server is, over and over; one server is on the machine ``locked``.
SHARES = ("plain1", "plain2", "plain3", "dropbear", "far", "plain1", "hanging", "plain2", "plain3")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that several servers are: its daemon, and how one logs in there."""

    daemon: Sshd | Dropbear
    username: str
    password: str
    host: str = "127.0.0.1"


@dataclass
class Stations:
    """All machines by name, and each server's proxy by the server's name."""

    machines: Mapping[str, Machine]
    locked_user: User
    wire: Namespace
    hang_flag: Path
    meddlers: dict[str, Meddler] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)

    def servers_on(self, machine: str) -> list[str]:
        """Return the names of the servers that are this machine."""
        return [name for name in self.meddlers if name.startswith(f"{machine}-")]


@contextlib.contextmanager
def stations(count: int) -> Iterator[Stations]:
    """Start the machines, and a proxy for each of ``count`` servers."""
    with contextlib.ExitStack() as stack:
        room = Path(tempfile.mkdtemp(prefix="monserv-soak-"))
        stack.callback(shutil.rmtree, room, ignore_errors=True)
        room.chmod(0o755)
        found = _machines(stack, room)
        for number in range(count):
            name = "locked" if number == count - 1 else SHARES[number % len(SHARES)]
            machine, label = found.machines[name], f"{name}-{number}"
            meddler = stack.enter_context(Meddler(machine.daemon.port, machine.host))
            found.meddlers[label] = meddler
            query = f"?name={label}"
            found.urls.append(ssh_url(machine.username, meddler.port, machine.password, query))
        yield found


def _machines(stack: contextlib.ExitStack, room: Path) -> Stations:
    user, locked = User(room), User(room)
    for one in (user, locked):
        stack.callback(one.remove)
    flag, wire = room / "hang", stack.enter_context(second())
    daemons: dict[str, Sshd | Dropbear] = {
        **{name: Sshd(_folder(room, name)) for name in ("plain1", "plain2", "plain3")},
        "locked": Sshd(_folder(room, "locked")),
        "hanging": Sshd(_folder(room, "hanging"), f"SetEnv PATH={_tools(room, flag)}"),
        "far": InsideSshd(_folder(room, "far"), address=wire.there, namespace=wire.name),
        "dropbear": Dropbear(_folder(room, "dropbear"), user.password),
    }
    machines = {}
    for name, daemon in daemons.items():
        daemon.start()
        stack.callback(daemon.stop)
        username = "root" if name == "dropbear" else user.name
        machines[name] = Machine(daemon, username, user.password)
    machines["far"] = Machine(daemons["far"], user.name, user.password, wire.there)
    machines["locked"] = Machine(daemons["locked"], locked.name, locked.password)
    return Stations(machines, locked, wire, flag)


def _folder(room: Path, name: str) -> Path:
    folder = room / name
    folder.mkdir()
    return folder


def _tools(room: Path, flag: Path) -> str:
    """Return a search path on which ``df`` hangs while the flag is there."""
    folder = _folder(room, "tools")
    df = folder / "df"
    df.write_text(HANGING_DF.format(flag=flag, df=shutil.which("df")))
    df.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"
