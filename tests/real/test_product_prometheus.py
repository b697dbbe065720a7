"""A real Prometheus finds the servers, scrapes them, and answers what boards ask."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.ports import free_port
from tests.real.product import Product, wait_until

pytestmark = pytest.mark.real

NAMES = ("busybox", "by-key", "by-password")
CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: node
    http_sd_configs: [{{url: "{url}/probe/targets", refresh_interval: 5s}}]
  - job_name: monserv
    honor_labels: true
    static_configs: [{{targets: ["{address}"]}}]
"""
# As the board "Node Exporter Full" asks, and as the rules of the node mixin do.
CPU_BUSY = """
100 * (1 - avg by (server_name) (rate(node_cpu_seconds_total{mode="idle",job="node"}[30s])))
"""
MEMORY = 'node_memory_MemTotal_bytes{job="node"} - node_memory_MemAvailable_bytes{job="node"}'
ROOT = (
    'node_filesystem_avail_bytes{job="node",mountpoint="/"}'
    ' / node_filesystem_size_bytes{job="node",mountpoint="/"}'
)
UPTIME = 'node_time_seconds{job="node"} - node_boot_time_seconds{job="node"}'


class Prometheus:
    """Debian's prometheus, which scrapes one product."""

    def __init__(self, folder: Path, product: Product) -> None:
        self._url = f"http://127.0.0.1:{free_port()}"
        address = product.url.removeprefix("http://")
        config = folder / "prometheus.yml"
        config.write_text(CONFIG.format(url=product.url, address=address))
        with (folder / "prometheus.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={config}",
                    f"--storage.tsdb.path={folder / 'data'}",
                    f"--web.listen-address={self._url.removeprefix('http://')}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def ask(self, query: str) -> dict[str, float]:
        """Return the server's name -> its value; nothing before Prometheus is up."""
        address = f"{self._url}/api/v1/query?{urlencode({'query': query})}"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        except OSError:
            assert self._process.poll() is None, "prometheus ended"
            return {}
        return {one["metric"].get("server_name", ""): float(one["value"][1]) for one in found}

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)


@pytest.fixture(scope="module")
def prometheus(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    started = Prometheus(tmp_path_factory.mktemp("prometheus"), product)
    try:
        yield started
    finally:
        started.stop()


@pytest.mark.parametrize("query", [CPU_BUSY, MEMORY, ROOT, UPTIME])
def test_what_boards_ask_has_an_answer_for_every_server(prometheus: Prometheus, query: str) -> None:
    def everybody() -> dict[str, float] | None:
        found = prometheus.ask(query)
        return found if set(NAMES) <= set(found) else None

    found = wait_until(everybody, 40, query)
    assert all(value > 0 for value in found.values())


def test_every_scrape_succeeds(prometheus: Prometheus) -> None:
    wait_until(lambda: prometheus.ask("node_load1"), 40, "the first scrape")
    assert prometheus.ask("up == 0") == {}
    assert prometheus.ask('monserv_server_up{job="monserv"}')


def test_promtool_finds_no_fault_but_in_names_that_are_not_ours(product: Product) -> None:
    text = product.get("/metrics", raw=True)
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    # node_exporter spells these as the kernel does, and its own check leaves them out too.
    faults = [line for line in checked.stderr.splitlines() if not line.startswith("node_memory_")]
    assert faults == []
    assert checked.returncode in {0, 3}, "1 is a text that Prometheus does not read"
