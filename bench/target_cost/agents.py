"""The others: agents that run on the watched server itself, as they are usually set up."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import time
from collections.abc import Iterator
from pathlib import Path

from bench.programs import Program, running
from bench.target_cost.cost import Candidate, Cost, memory_bytes
from tests.ports import free_port
from tests.real.machines import wait_for_port

# What Prometheus asks with.
SCRAPE_HEADERS = {"Accept": "text/plain;version=0.0.4;q=0.2", "Accept-Encoding": "gzip"}
SCRAPE_SECONDS = 15.0
GLANCES_SECONDS = 2.0
NETDATA_SECONDS = 1.0
NETDATA_SETTLED_SECONDS = 10.0


class NodeExporter:
    """node_exporter, scraped as Prometheus does it, but as often as monserv polls."""

    def __init__(self, program: Program, port: int, interval_seconds: float) -> None:
        self._program = program
        self._interval_seconds = interval_seconds
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def measure(self, seconds: float) -> Cost:
        """Count scrapes at even intervals, the rest of the runtime between them included."""
        scrapes = max(1, round(seconds / self._interval_seconds))
        self.scrape()
        before = self._program.meter.seconds()
        for _ in range(scrapes):
            time.sleep(self._interval_seconds)
            self.scrape()
        spent = self._program.meter.seconds() - before
        held = memory_bytes(self._program.pid)
        return Cost("node_exporter", "scrape", SCRAPE_SECONDS, spent, scrapes, held)

    def scrape(self) -> str:
        """Return the page."""
        self._connection.request("GET", "/metrics", headers=SCRAPE_HEADERS)
        answer = self._connection.getresponse()
        body = answer.read()
        is_packed = answer.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(body) if is_packed else body).decode()


class Glances:
    """Glances in a terminal of its own, at its own rate; each refresh writes one line."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def measure(self, seconds: float) -> Cost:
        """Count refreshes, from the end of one to the end of another."""
        began_after = self.wait_for(self._refreshes() + 1)
        before = self._program.meter.seconds()
        wanted = max(1, round(seconds / GLANCES_SECONDS))
        refreshes = self.wait_for(began_after + wanted) - began_after
        spent = self._program.meter.seconds() - before
        held = memory_bytes(self._program.pid)
        return Cost("Glances", "refresh", GLANCES_SECONDS, spent, refreshes, held)

    def wait_for(self, count: int) -> int:
        """Wait until so many refreshes are done; return how many are."""
        while self._refreshes() < count:
            time.sleep(0.02)
        return self._refreshes()

    def _refreshes(self) -> int:
        return self._program.output.read_bytes().count(b"mem.percent")


class Netdata:
    """Netdata with its default collectors, database and health checks."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def measure(self, seconds: float) -> Cost:
        """Count seconds: it collects in each."""
        before, began_at = self._program.meter.seconds(), time.monotonic()
        time.sleep(seconds)
        passed = time.monotonic() - began_at
        spent = self._program.meter.seconds() - before
        held = memory_bytes(self._program.pid)
        return Cost("Netdata", "second", NETDATA_SECONDS, spent, passed, held)


@contextlib.contextmanager
def node_exporter(folder: Path, interval_seconds: float) -> Iterator[NodeExporter]:
    """Start Debian's node_exporter with its default collectors."""
    port = free_port()
    command = ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"]
    with running(command, folder) as program:
        wait_for_port(port)
        exporter = NodeExporter(program, port, interval_seconds)
        exporter.scrape()
        yield exporter


@contextlib.contextmanager
def glances(folder: Path, _interval_seconds: float) -> Iterator[Candidate]:
    """Start Glances; it asks nobody whether it is the newest."""
    rate = ["--time", f"{GLANCES_SECONDS:g}", "--disable-check-update"]
    command = ["glances", "--stdout", "mem.percent", *rate]
    environ = {"TMPDIR": str(folder), "XDG_CONFIG_HOME": str(folder), "PYTHONUNBUFFERED": "1"}
    with running(command, folder, environ) as program:
        started = Glances(program)
        started.wait_for(2)
        yield started


@contextlib.contextmanager
def netdata(folder: Path, _interval_seconds: float) -> Iterator[Candidate]:
    """Start Netdata with everything that it writes in ``folder``; it reports to nobody."""
    port = free_port()
    names = ("config", "cache", "lib", "log", "home", "registry")
    for name in names:
        (folder / name).mkdir()
    (folder / "config" / ".opt-out-from-anonymous-statistics").touch()
    places = "\n".join(f"{name} = {folder / name}" for name in names)
    config = folder / "netdata.conf"
    config.write_text(
        f"[directories]\n{places}\n[web]\nbind to = 127.0.0.1:{port}\n[statsd]\nenabled = no\n"
    )
    command = ["/usr/sbin/netdata", "-D", "-u", "root", "-c", str(config)]
    with running(command, folder, {"DISABLE_TELEMETRY": "1"}) as program:
        wait_for_port(port)
        # Its start is not what it costs each second.
        time.sleep(NETDATA_SETTLED_SECONDS)
        yield Netdata(program)
