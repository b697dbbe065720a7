"""monserv itself, started as ``wsgi.py`` starts it, watching a fleet; and what it says."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bench.cpu import Tree, tree
from bench.poll_cost.cores import MEASURED, on

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300.0
STOP_SECONDS = 10.0
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Counts:
    """What monserv counted since its start; ``late`` is bound in seconds -> polls within it."""

    sampled: int
    missed: int
    late: dict[float, int]

    def since(self, before: Counts) -> Counts:
        """Return what came after ``before``."""
        return Counts(
            self.sampled - before.sampled,
            self.missed - before.missed,
            {bound: count - before.late[bound] for bound, count in self.late.items()},
        )

    def late_seconds(self, share: float) -> float:
        """Return how late this share of the polls began at most; in proportion within a bucket."""
        wanted = share * max(self.late.values(), default=0)
        below, counted_below = 0.0, 0
        for bound, counted in sorted(self.late.items()):
            if counted >= wanted and counted > counted_below:
                if bound == float("inf"):
                    return bound
                part = (wanted - counted_below) / (counted - counted_below)
                return below + part * (bound - below)
            below, counted_below = bound, counted
        return 0.0


class Monitor:
    """A running monserv."""

    def __init__(self, pid: int, port: int) -> None:
        self.cpu = Tree(pid)
        self._pid = pid
        self._url = f"127.0.0.1:{port}"
        self.messages = 0

    def online(self) -> int:
        """Return how many servers have been sampled and are there."""
        url = f"http://{self._url}/api/v1/health"
        with urllib.request.urlopen(url, timeout=START_SECONDS) as answer:
            return int(json.load(answer)["data"]["online"])

    def counts(self) -> Counts:
        """Return the counters; this costs monserv next to nothing."""
        url = f"http://{self._url}/metrics?collect[]=process"
        with urllib.request.urlopen(url, timeout=START_SECONDS) as answer:
            text = answer.read().decode()
        found: dict[str, dict[str, float]] = {}
        for family in text_string_to_metric_families(text):
            for row in family.samples:
                label = row.labels.get("outcome") or row.labels.get("le") or ""
                found.setdefault(row.name, {})[label] = row.value
        polls = found["monserv_polls_total"]
        late = found["monserv_poll_lateness_seconds_bucket"]
        return Counts(
            int(polls["sampled"]),
            int(polls["missed"]),
            {float(bound): int(count) for bound, count in late.items()},
        )

    def rss_bytes(self) -> int:
        """Return the memory that all its processes have in use."""
        return sum(
            int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in tree(self._pid)
        )

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Let one client look on, as a dashboard does; ``messages`` counts what it got."""
        with connect(f"ws://{self._url}/ws", max_size=None) as client:

            def read() -> None:
                with contextlib.suppress(ConnectionClosed):
                    for _ in client:
                        self.messages += 1

            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            yield
        reader.join(STOP_SECONDS)


@contextlib.contextmanager
def running(
    servers: list[str],
    port: int,
    interval_seconds: float,
    folder: Path,
    *,
    application: str = "wsgi:app",
    cores: list[int] = MEASURED,
    **settings: str,
) -> Iterator[Monitor]:
    """Run monserv with these servers until the context ends; ``folder`` becomes its own."""
    folder.mkdir()
    listed = folder / "servers"
    listed.write_text(",".join(servers))
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SERVERS_FILE": str(listed),
        "SERVER_PORT": str(port),
        "POLL_INTERVAL_SECONDS": f"{interval_seconds:g}",
        "MONSERV_DATA_DIR": str(folder / "data"),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        **settings,
    }
    command = [sys.executable, "-P", "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            on(cores, [*command, application]), cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    monitor = Monitor(process.pid, port)
    try:
        _await_answer(monitor, process, folder / "log")
        yield monitor
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(monitor: Monitor, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        with contextlib.suppress(OSError):
            monitor.counts()
            return
        time.sleep(0.05)
    raise SystemExit(f"monserv did not start:\n{log.read_text()[-2000:]}")
