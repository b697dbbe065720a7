"""A watched machine that answers as a captured one did, in time that a test moves.

Whoever waits on it in vain moves the clock on by as long as he would have waited.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence

from monserv.clock import ManualClock
from monserv.errors import Cause, PollError
from monserv.model.poll import PollResult
from monserv.model.server import Reach, Server
from monserv.poll.courtesy import Courtesy
from monserv.poll.poller import Poller
from monserv.poll.schedule import Cadence
from monserv.poll.watchdog import Watchdog
from monserv.probe import script
from monserv.ssh.lease import Lease
from monserv.ssh.transport import Traffic
from tests.probe.answers import captured

NAS = Server("nas", "nas", Reach.SSH, "10.0.0.3", 22, "me", "ssh://me:***@10.0.0.3")
DF_HEAD = "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
REFUSED_CHANNEL = "The server refused a session channel: open failed"
SECTIONS = {
    "facts": ("hostname", "model", "device_tree", "page", "users"),
    "poll": ("boot", "uptime", "load", "counters"),
    "mounts": ("mounts", "hardware"),
    "processes": ("processes",),
    "disks": ("disks",),
    "remote": ("remote",),
    "inodes": ("inodes",),
    "memory": ("arc", "vmstat"),
    "sensors": ("sensors",),
    "units": ("units",),
    "containers": ("docker", "podman"),
    "logins": ("logins",),
    "cost": ("cost",),
    "owners": ("owners",),
}
STAT_TAIL = " ".join(["0"] * 28)


class Machine:
    """What the sessions of one server share: its clock, its faults, and what it was asked."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.asked: list[str] = []
        self.sessions: list[FakeSession] = []
        self.logins_at: list[float] = []
        self.mountpoints = ["/"]
        self.network_mountpoints: list[str] = []
        self.boot_id = "first boot"
        self.mounts_are_readable = True
        # A hundredth of a second and two processes for each question.
        self.cost = "0m0.00s 0m0.00s\n0m0.00s 0m{:.2f}s\nforks {}\n"
        self.df_answers_for: Callable[[str], bool] = lambda path: True
        self.df_hangs = False
        self.hanging_verbs: set[str] = set()
        self.hidden_processes = False
        self.burned_ticks = 0
        self.arc = ""
        self.hung_since: float | None = None
        self.silent = False
        self.spoil: Callable[[bytes], bytes] = lambda answer: answer
        self.drip = False
        self.last_words: bytes | None = None
        self.max_shells = 10
        self.login_errors: list[PollError | OSError] = []
        self.refusal: PollError | None = None
        self.key_is_taken = False
        self.forgiven: list[str] = []
        self._text = captured("debian")

    def open(self, server: Server, lease: Lease) -> FakeSession:
        """Log in; what ``Opener.open`` does."""
        self.logins_at.append(self.clock.monotonic())
        if self.refusal is not None:
            raise self.refusal
        if self.login_errors:
            raise self.login_errors.pop(0)
        session = FakeSession(self)
        self.sessions.append(session)
        lease.hold(session.abort)
        return session

    def forgive(self, server: Server) -> None:
        self.forgiven.append(server.id)

    def takes_key(self, server: Server) -> bool:
        return self.key_is_taken

    def count(self, verb: str) -> int:
        return sum(line.startswith(f"{verb} ") for line in self.asked)

    def answer(self, line: str) -> bytes:
        verb, marker, *arguments = line.split(" ")
        if verb == "commands":
            lines = [f"{marker} command {pid}\napp\0--token\0s3cret\n" for pid in arguments]
            return "".join([*lines, f"{marker} end\n"]).encode()
        now = self._now([decoded(one) for one in arguments])
        names = SECTIONS[verb]
        parts = [f"{marker} {name}\n{now.get(name, self._text.get(name, ''))}" for name in names]
        return self.spoil("".join([*parts, f"{marker} end\n"]).encode())

    def _now(self, arguments: Sequence[str]) -> dict[str, str]:
        uptime = self.clock.monotonic()
        ticks = int(100 * uptime)
        hung = ""
        if self.hung_since is not None:
            started = int(100 * self.hung_since)
            hung = f"999 (df) D 1 {' '.join(['0'] * 17)} {started} 0 5 {STAT_TAIL}\n"
        rows = DF_HEAD + "".join(
            f"d 1000 300 600 34% {path}\n" for path in arguments if self.df_answers_for(path)
        )
        return {
            "cost": self.cost.format(len(self.asked) / 100, 2 * len(self.asked)),
            "boot": f"{self.boot_id}\n",
            "uptime": f"{uptime:.2f} 0.00\n",
            "counters": f"cpu  {ticks} 0 0 {3 * ticks} 0 0 0 0 0 0\ncpu0 1 1 1 1\n"
            + "\n".join(self._text["counters"].split("\n")[3:]),
            "mounts": self._mountinfo() if self.mounts_are_readable else "",
            "disks": rows,
            "remote": rows,
            "inodes": rows,
            "vmstat": "pgmajfault 7\n",
            "sensors": "coretemp temp1 Package id 0\t41000\t100000\n",
            "units": "= running\n",
            "docker": "! absent\n",
            "podman": "! absent\n",
            "logins": "me pts/0 2026-01-01 12:00 (10.0.0.9)\n",
            "owners": "".join(f"{pid} 0\n" for pid in arguments),
            "processes": self._processes() + hung,
            "arc": self.arc,
        }

    def _processes(self) -> str:
        first, *others = self._text["processes"].split("\n")
        if self.hidden_processes:
            return "\n".join(others)
        fields = first.split(" ")
        fields[13] = str(int(fields[13]) + self.burned_ticks)
        return "\n".join([" ".join(fields), *others])

    def _mountinfo(self) -> str:
        return (
            "22 1 0:21 / /proc rw - proc proc rw\n"
            + "".join(
                f"36 35 8:{number} / {path} rw - ext4 /dev/sda{number} rw\n"
                for number, path in enumerate(self.mountpoints)
            )
            + "".join(
                f"37 35 0:{number} / {path} rw - nfs4 nas:/{number} rw\n"
                for number, path in enumerate(self.network_mountpoints, start=50)
            )
        )


def decoded(argument: str) -> str:
    """Return an argument of a request as the script takes it."""
    raw = re.sub(rb"\\0([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), argument.encode())
    return raw.decode("utf-8", "surrogateescape")


class FakeSession:
    """A login on a ``Machine``."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.shells: list[FakeShell] = []
        self.is_closed = False
        self.is_aborted = False

    def open_shell(self) -> FakeShell:
        if len(self.shells) >= self._machine.max_shells:
            raise PollError(Cause.SHELL_UNUSABLE, REFUSED_CHANNEL)
        self.shells.append(FakeShell(self._machine))
        return self.shells[-1]

    def may_rest(self, _seconds: float, /) -> bool:
        return False

    def rest(self, _seconds: float, /) -> bool:
        return False

    def traffic(self) -> Traffic:
        return Traffic(100 * len(self._machine.asked), 1000 * len(self._machine.asked))

    def break_off(self) -> None:
        for shell in self.shells:
            shell.is_dead = True

    def abort(self) -> None:
        self.is_aborted = True
        self.break_off()

    def close(self) -> None:
        self.is_closed = True
        self.abort()


class FakeShell:
    """Answers each line in turn; one whose ``df`` hangs answers nothing after it."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._waiting: list[str] = []
        self._ready = b""
        self._patience_seconds = 0.0
        self.writes = 0
        self.is_dead = False
        self.is_closed = False

    def settimeout(self, seconds: float | None, /) -> None:
        assert seconds is not None, "a wait without a bound"
        self._patience_seconds = seconds

    def sendall(self, data: bytes, /) -> None:
        if self.is_dead:
            raise BrokenPipeError("broken pipe")
        text = data.decode()
        if text == script.SCRIPT:
            self._ready = script.READY
            return
        self.writes += 1
        asked = [line for line in text.split("\n") if line]
        self._machine.asked += asked
        self._waiting += asked

    def recv(self, nbytes: int, /) -> bytes:
        machine = self._machine
        if machine.last_words is not None:
            self._ready, self.is_dead = machine.last_words, True
            machine.last_words = None
        self._work()
        if self._ready:
            if machine.drip:
                nbytes = 1
                machine.clock.advance(1.0)
            piece, self._ready = self._ready[:nbytes], self._ready[nbytes:]
            return piece
        if self.is_dead:
            return b""
        machine.clock.advance(self._patience_seconds)
        raise TimeoutError

    def _work(self) -> None:
        while self._waiting and not self._machine.silent and not self.is_dead:
            verb = self._waiting[0].split(" ")[0]
            if verb in self._machine.hanging_verbs:
                return
            if self._machine.df_hangs and verb == "disks":
                if self._machine.hung_since is None:
                    self._machine.hung_since = self._machine.clock.monotonic()
                return
            self._ready += self._machine.answer(self._waiting.pop(0))

    def close(self) -> None:
        self.is_closed = True


class ManualEvent(threading.Event):
    """An event for which nobody really waits."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None, "a wait without a bound"
        self._clock.advance(timeout)
        return self.is_set()


class Slots:
    """A poller whose slots a test runs one by one."""

    def __init__(
        self, machine: Machine, interval_seconds: float = 4.0, server: Server = NAS
    ) -> None:
        self.courtesy = Courtesy()
        self.clock = machine.clock
        self._cadence = Cadence(self.clock.monotonic(), interval_seconds)
        self._due = self._cadence.first_at
        self.poller = Poller(
            server,
            self._cadence,
            opener=machine,
            watchdog=Watchdog(self.clock),
            courtesy=self.courtesy,
            clock=self.clock,
            ingest=lambda result: None,
        )
        self.poller._stopping = self.poller._link.stopping = ManualEvent(self.clock)

    def run(self, count: int = 1) -> list[PollResult]:
        """Run the next slots, each when it is due; return what they brought."""
        results = []
        for _ in range(count):
            self.clock.advance(max(0.0, self._due - self.clock.monotonic()))
            results.append(self.poller._one_slot(self._due))
            self._due = self._cadence.next_after(self.clock.monotonic())
        return results
