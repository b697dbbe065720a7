"""monserv's own way: a real OpenSSH sshd on loopback, polled by the product's poller."""

from __future__ import annotations

import contextlib
import getpass
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.cpu import tree
from bench.programs import Program, running
from bench.target_cost.cost import Cost, memory_bytes
from monserv.model.poll import Polled
from tests.ports import free_port
from tests.real.machines import wait_for_port
from tests.real.watching import Watch, ssh_server

SERVER = "target"
# The first polls ask for what later ones know.
SETTLED_POLLS = 3


class Session:
    """A poller and the sshd session in which it polls."""

    def __init__(self, watch: Watch, sshd: Program, login_seconds: float) -> None:
        self.login_seconds = login_seconds
        self.parts_ms: dict[str, float] = {}
        self._watch = watch
        self._sshd = sshd

    def measure(self, seconds: float) -> Cost:
        """Count what all polls of that time cost, from the end of one to the end of another."""
        interval = self._watch.interval_seconds
        began_after = self.wait_for(len(self._watch.results(SERVER)) + 1)
        before, parts = self._sshd.meter.seconds(), self._parts()
        polls = self.wait_for(began_after + max(1, round(seconds / interval))) - began_after
        cpu_seconds = self._sshd.meter.seconds() - before
        after = self._parts()
        spent = {name: after[name] - parts[name] for name in parts}
        spent["cat, df and what else the shell starts"] = cpu_seconds - sum(spent.values())
        self.parts_ms = {name: 1000 * part / polls for name, part in spent.items()}
        held = memory_bytes(self._sshd.pid)
        return Cost("monserv over SSH", "poll", interval, cpu_seconds, polls, held)

    def wait_for(self, count: int) -> int:
        """Wait until so many polls have ended, all of them well; return how many have."""
        while len(self._watch.results(SERVER)) < count:
            time.sleep(0.005)
        results = self._watch.results(SERVER)
        missed = [one for one in results if not isinstance(one, Polled)]
        if missed:
            raise RuntimeError(f"A poll failed: {missed[0]}")
        return len(results)

    def _parts(self) -> dict[str, float]:
        """Return the CPU seconds of what stays: sshd for this connection, and its shell."""
        parts = {"sshd": 0.0, "the shell": 0.0}
        for pid in tree(self._sshd.pid)[1:]:
            # A cat may just have ended.
            with contextlib.suppress(OSError):
                name = Path(f"/proc/{pid}/comm").read_text()
                nanoseconds = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
                parts["sshd" if name.startswith("sshd") else "the shell"] += nanoseconds / 1e9
        return parts


@contextlib.contextmanager
def session(folder: Path, interval_seconds: float) -> Iterator[Session]:
    """Start sshd for the user who runs this, log in with a key, and poll."""
    port = free_port()
    for name in ("host_key", "user_key"):
        _keygen(folder / name)
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host_key\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/user_key.pub\nStrictModes no\n"
    )
    with contextlib.suppress(PermissionError):
        Path("/run/sshd").mkdir(exist_ok=True)
    with running(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], folder) as sshd:
        wait_for_port(port)
        server = ssh_server(SERVER, port, getpass.getuser(), key_path=folder / "user_key")
        before = sshd.meter.seconds()
        with Watch(folder, [server], interval_seconds) as watch:
            watch.sample(SERVER)
            login_seconds = sshd.meter.seconds() - before
            session = Session(watch, sshd, login_seconds)
            session.wait_for(SETTLED_POLLS)
            yield session


def _keygen(path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
