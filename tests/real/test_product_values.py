"""Three real servers, and what every surface says of them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.real.product import Product, messages, wait_until

pytestmark = pytest.mark.real

NAMES = ("by-password", "by-key", "busybox")


def meminfo(field: str) -> int:
    found = re.search(rf"^{field}: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    assert found is not None
    return int(found.group(1)) * 1024


def df(mountpoint: str) -> list[int]:
    out = subprocess.run(
        ["df", "-kP", mountpoint], capture_output=True, text=True, check=True
    ).stdout
    return [int(number) * 1024 for number in out.splitlines()[1].split()[1:4]]


def whole(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the metrics that are read once they lack nothing.

    Where a machine is busy df may be late for a sample, and a process end while it is read.
    """

    def found() -> dict[str, Any] | None:
        metrics = read()
        processes = metrics.get("top_processes_by_memory") or metrics["topProcsByMem"]
        has_root = any(disk["mountpoint"] == "/" for disk in metrics["disks"])
        return metrics if has_root and all(row["username"] for row in processes) else None

    return wait_until(found, what="metrics that lack nothing")


@pytest.mark.timed
@pytest.mark.parametrize("name", NAMES)
def test_the_values_are_those_of_proc_and_df(product: Product, name: str) -> None:
    metrics = whole(lambda: product.server(name)["metrics"])
    assert metrics["hostname"] == socket.gethostname()
    assert metrics["cpu"]["cores"] == os.sysconf("SC_NPROCESSORS_ONLN")
    assert metrics["memory"]["total_bytes"] == meminfo("MemTotal")
    assert metrics["memory"]["free_bytes"] == pytest.approx(meminfo("MemAvailable"), rel=0.05)
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    assert 0 <= uptime - metrics["uptime_seconds"] < 10
    (root,) = [disk for disk in metrics["disks"] if disk["mountpoint"] == "/"]
    total, used, free = df("/")
    assert root["total_bytes"] == total
    assert root["used_bytes"] == pytest.approx(used, rel=0.02)
    assert root["free_bytes"] == pytest.approx(free, rel=0.02)
    assert root["used_percent"] == pytest.approx(100 * used / (used + free), abs=0.5)
    processes = metrics["top_processes_by_memory"]
    assert len(processes) == 5
    assert [row["rss_bytes"] for row in processes] == sorted(
        (row["rss_bytes"] for row in processes), reverse=True
    )
    names = {row["name"] for row in metrics["network"]["interfaces"]}
    assert names == {path.name for path in Path("/sys/class/net").iterdir()} - {
        "lo",
        "bonding_masters",
    }


@pytest.mark.timed
@pytest.mark.parametrize("surface", ["/api/state", "/ws"])
@pytest.mark.parametrize("name", NAMES)
def test_the_older_shape_has_the_true_values_too(product: Product, name: str, surface: str) -> None:
    url = product.server(name)["url"]

    def read() -> dict[str, Any]:
        if surface != "/ws":
            return dict(product.get(surface)[url])
        with product.websocket() as client:
            return dict(next(messages(client, 5))["data"][url])

    metrics = whole(read)
    assert metrics["hostname"] == socket.gethostname()
    assert metrics["cpu"]["cores"] == os.sysconf("SC_NPROCESSORS_ONLN")
    assert metrics["memory"]["total"] == meminfo("MemTotal")
    assert metrics["memory"]["free"] == pytest.approx(meminfo("MemAvailable"), rel=0.05)
    (root,) = [disk for disk in metrics["disks"] if disk["mountpoint"] == "/"]
    total, used, free = df("/")
    assert root["total"] == total
    assert root["used"] == pytest.approx(used, rel=0.02)
    assert root["usedPercent"] == pytest.approx(100 * used / (used + free), abs=0.5)
    assert len(metrics["topProcsByMem"]) == 5


def test_every_surface_shows_the_same_servers(product: Product) -> None:
    urls = {row["url"] for row in product.data("/api/v1/servers")["servers"]}
    assert len(urls) == 3
    assert all("***" in url or "localhost" in url for url in urls)
    assert set(product.get("/api/state")) == urls
    assert set(product.data("/api/v1/health")["servers"]) == urls
    with product.websocket() as client:
        first: dict[str, Any] = next(messages(client, 5))
    assert first["type"] == "metrics_update"
    assert set(first["data"]) == urls
    trends = product.data("/api/v1/trends")["trends"]
    assert set(trends) == {row["id"] for row in product.data("/api/v1/servers")["servers"]}


def test_the_stream_has_one_state_message_an_interval(product: Product) -> None:
    with product.websocket() as client:
        seen = [one["type"] for one in messages(client, 9.5)]
    assert 4 <= seen.count("metrics_update") <= 6


def test_the_process_is_ready_and_documents_itself(product: Product) -> None:
    assert product.get("/readyz", raw=True)
    assert product.get("/swagger/doc.json")["openapi"].startswith("3.1")
    assert "<title>" in product.get("/swagger/index.html", raw=True)
