"""Prometheus, scraping as many recorded pages of node_exporter, which nginx serves from files."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.cpu import Tree
from bench.poll_cost.cores import OTHERS, on
from tests.ports import free_port

PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
START_SECONDS = 60.0
STOP_SECONDS = 10.0

NGINX = """
user {user}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
  # Another page each second, so that its numbers move.
  map $time_iso8601 $second {{ "~:(?<found>[0-9][0-9])[+-]" $found; }}
  access_log off; keepalive_requests 1000000; default_type "text/plain; version=0.0.4";
  open_file_cache max=100; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 0.0.0.0:{port} backlog=4096; allow 127.0.0.0/8; deny all;
    root {folder}/pages; rewrite ^ /$second break;
  }}
}}
"""

_GROWING = re.compile(rb"(?<= )\d{3,17}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rival:
    """A running Prometheus."""

    cpu: Tree
    page_bytes: int
    _url: str

    def scrapes(self) -> int:
        """Return how many scrapes there were so far."""
        with urllib.request.urlopen(f"{self._url}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        name = "prometheus_target_interval_length_seconds_count"
        return int(sum(float(line.split()[-1]) for line in lines if line.startswith(name)))

    def healthy(self) -> int:
        """Return how many targets were scraped well the last time."""
        query = f"{self._url}/api/v1/query?query=sum(up)"
        with urllib.request.urlopen(query) as answer:
            found = json.load(answer)["data"]["result"]
        return int(found[0]["value"][1]) if found else 0


@contextlib.contextmanager
def running(addresses: list[str], interval_seconds: float, folder: Path) -> Iterator[Rival]:
    """Run Prometheus and nginx until the context ends."""
    folder.mkdir()
    page = _page(folder)
    (folder / "pages").mkdir()
    for second in range(60):
        (folder / "pages" / f"{second:02}").write_bytes(_later(page, second))
    pages_port, port = free_port(), free_port()
    (folder / "nginx.conf").write_text(
        NGINX.format(folder=folder, port=pages_port, user=getpass.getuser())
    )
    targets = [f"{address}:{pages_port}" for address in addresses]
    (folder / "targets.json").write_text(json.dumps([{"targets": targets}]))
    pace = f"{interval_seconds:g}s"
    (folder / "prometheus.yml").write_text(
        f"global: {{scrape_interval: {pace}, scrape_timeout: {pace}}}\n"
        "scrape_configs:\n"
        f"- {{job_name: node, file_sd_configs: [{{files: ['{folder}/targets.json']}}]}}\n"
    )
    nginx = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    prometheus = [
        *("prometheus", f"--config.file={folder}/prometheus.yml"),
        *(f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{port}"),
        "--log.level=warn",
    ]
    with _running(nginx, folder), _running(prometheus, folder) as process:
        rival = Rival(Tree(process.pid), len(page), f"http://127.0.0.1:{port}")
        _await(lambda: rival.healthy() == len(addresses))
        yield rival


def _later(page: bytes, seconds: int) -> bytes:
    """Return a page whose larger numbers have grown for so long."""
    return _GROWING.sub(lambda found: b"%d" % (int(found[0]) * (1000 + seconds) // 1000), page)


def _page(folder: Path) -> bytes:
    """Return what node_exporter says of this machine."""
    port = free_port()
    command = ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"]
    page = b""

    def ask() -> bool:
        nonlocal page
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            page = answer.read()
        return True

    with _running([*command, "--log.level=error"], folder):
        _await(ask)
    return page


@contextlib.contextmanager
def _running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        on(OTHERS, command),
        cwd=folder,
        env=os.environ | {"PATH": PATH},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError):
            if condition():
                return
        if time.monotonic() > give_up_at:
            raise SystemExit("Prometheus, nginx or node_exporter did not start in time")
        time.sleep(0.2)
