"""The others: agents that run on the watched server itself, as they are usually set up."""

from __future__ import annotations

import contextlib
import getpass
import gzip
import http.client
import time
from collections.abc import Iterator
from pathlib import Path

from bench.programs import Program, running, terminal
from bench.target_cost.cost import Candidate, Cost, memory_bytes
from tests.ports import free_port
from tests.real.machines import wait_for_port

# What Prometheus asks with.
SCRAPE_HEADERS = {"Accept": "text/plain;version=0.0.4;q=0.2", "Accept-Encoding": "gzip"}
SCRAPE_SECONDS = 15.0
GLANCES_SECONDS = 2.0
NETDATA_SECONDS = 1.0
SETTLED_SECONDS = 10.0


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


class Steady:
    """An agent that does the same in every interval, unasked."""

    def __init__(self, program: Program, name: str, unit: str, usual_seconds: float) -> None:
        self._program = program
        self._name = name
        self._unit = unit
        self._usual_seconds = usual_seconds

    def measure(self, seconds: float) -> Cost:
        """Count intervals by the time that passes."""
        before, began_at = self._program.meter.seconds(), time.monotonic()
        time.sleep(seconds)
        units = (time.monotonic() - began_at) / self._usual_seconds
        spent = self._program.meter.seconds() - before
        held = memory_bytes(self._program.pid)
        return Cost(self._name, self._unit, self._usual_seconds, spent, units, held)


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
    """Start Glances as a person does, in a terminal; it asks nobody whether it is the newest."""
    rate = ["--time", f"{GLANCES_SECONDS:g}", "--disable-check-update"]
    environ = {"TERM": "xterm", "TMPDIR": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (
        terminal() as device,
        running(["glances", *rate], folder, environ, device) as program,
    ):
        # Its start is not what it costs from then on.
        time.sleep(SETTLED_SECONDS)
        yield Steady(program, "Glances", "refresh", GLANCES_SECONDS)


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
    command = ["/usr/sbin/netdata", "-D", "-u", getpass.getuser(), "-c", str(config)]
    with running(command, folder, {"DISABLE_TELEMETRY": "1"}) as program:
        wait_for_port(port)
        # Its start is not what it costs from then on.
        time.sleep(SETTLED_SECONDS)
        yield Steady(program, "Netdata", "second", NETDATA_SECONDS)
