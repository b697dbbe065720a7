"""The faults: what each does to which servers, and how it ends."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.soak.stations import Stations
from tests.real.machines import Dropbear, Sshd, descendants, run
from tests.real.meddler import Fault, Meddler

# What ends a fault; and the servers that may say so in the log, once each.
End = Callable[[], None]
Made = tuple[list[str], End]
MAX_BYTES = 12_000


def _nothing() -> None:
    pass


def silence(here: Stations, chance: random.Random) -> Made:
    """Let some server fall silent in the middle of an answer."""
    return _break(here, chance, Fault.FREEZE)


def reset(here: Stations, chance: random.Random) -> Made:
    """Reset a connection in the middle of an answer."""
    return _break(here, chance, Fault.RESET)


def _break(here: Stations, chance: random.Random, fault: Fault) -> Made:
    name, meddler = _any(here, chance)
    meddler.break_after(chance.randrange(MAX_BYTES), fault)
    return [name], _nothing


def drip(here: Stations, chance: random.Random) -> Made:
    """Let a server answer with a byte a second."""
    name, meddler = _any(here, chance)
    meddler.is_dripping = True

    def end() -> None:
        meddler.is_dripping = False

    return [name], end


def down(here: Stations, chance: random.Random) -> Made:
    """Reset a server's connection, and new ones too."""
    name, meddler = _any(here, chance)
    meddler.is_refusing = True
    meddler.reset_all()

    def end() -> None:
        meddler.is_refusing = False

    return [name], end


def changed_key(here: Stations, chance: random.Random) -> Made:
    """Let another machine, with another key, answer at a server's address."""
    name, meddler = _any(here, chance, "plain1")
    before, other = meddler.target, here.machines["plain2"]
    meddler.target = (other.host, other.daemon.port)
    meddler.reset_all()

    def end() -> None:
        meddler.target = before
        meddler.reset_all()

    return [name], end


def wrong_password(here: Stations, chance: random.Random) -> Made:
    """Change a password on its server, and end the session."""
    name, meddler = _any(here, chance, "locked")
    password = here.locked_user.password
    run("chpasswd", text=f"{here.locked_user.name}:another\n")
    meddler.reset_all()

    def end() -> None:
        here.locked_user.set_password(password)

    return [name], end


def hanging_df(here: Stations, _: random.Random) -> Made:
    """Let the df of a machine hang, for each server that it is."""
    here.hang_flag.touch()

    def end() -> None:
        here.hang_flag.unlink(missing_ok=True)
        for pid in _processes(here, "hanging"):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text() == "sleep\n":
                    os.kill(pid, signal.SIGKILL)

    return here.servers_on("hanging"), end


def network_down(here: Stations, _: random.Random) -> Made:
    """Pull the cable of a network, and plug it in again."""
    wire = ("ip", "-n", here.wire.name, "link", "set", "eth0")
    run(*wire, "down")

    def end() -> None:
        run(*wire, "up")

    return here.servers_on("far"), end


def killed(here: Stations, chance: random.Random) -> Made:
    """Kill a process of a session, of sshd or a shell."""
    machine = chance.choice(["plain1", "plain2", "plain3", "dropbear"])
    if sessions := _processes(here, machine):
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(sessions), signal.SIGKILL)
    return here.servers_on(machine), _nothing


def stopped(here: Stations, chance: random.Random) -> Made:
    """Stop a process of a session, which goes on later."""
    machine = chance.choice(["plain1", "plain2", "plain3", "dropbear"])
    sessions = _processes(here, machine)
    pid = chance.choice(sessions) if sessions else None

    def send(number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if pid is not None:
                os.kill(pid, number)

    send(signal.SIGSTOP)
    return here.servers_on(machine), lambda: send(signal.SIGCONT)


def restarted(here: Stations, _: random.Random) -> Made:
    """End a daemon with all its sessions, and start it again."""
    daemon = here.machines["plain3"].daemon
    daemon.stop()
    return here.servers_on("plain3"), daemon.start


# How often each is chosen, compared with the others. After a refusal (a changed key, a
# password) a server is left alone for minutes, so these are few.
FAULTS: Mapping[Callable[[Stations, random.Random], Made], int] = {
    silence: 6,
    reset: 6,
    drip: 3,
    down: 3,
    killed: 4,
    stopped: 3,
    restarted: 1,
    hanging_df: 2,
    network_down: 2,
    changed_key: 1,
    wrong_password: 1,
}


def _any(here: Stations, chance: random.Random, machine: str = "") -> tuple[str, Meddler]:
    name = chance.choice(here.servers_on(machine) if machine else list(here.meddlers))
    return name, here.meddlers[name]


def _processes(here: Stations, machine: str) -> list[int]:
    daemon: Sshd | Dropbear = here.machines[machine].daemon
    return descendants(daemon.process.pid) if daemon.process is not None else []
