"""A server that floods us: nobody else notices, and it is named."""

from __future__ import annotations

import contextlib
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.real.product import Product, wait_until

pytestmark = [pytest.mark.real, pytest.mark.alone]

FLOODING = Path(__file__).with_name("flooding.py")
SECONDS = 5.0
INTERVAL_SECONDS = 1.0


@pytest.fixture
def flooding_ports() -> Iterator[dict[str, int]]:
    """The port of each server that floods, by what it floods us with."""
    with contextlib.ExitStack() as stack:
        ports = {}
        for kind in ("ignore", "data"):
            ports[kind] = free_port()
            command = [sys.executable, str(FLOODING), str(ports[kind]), kind]
            process = stack.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            stack.callback(process.kill)
        yield ports


def resident_bytes(product: Product) -> int:
    """Return the memory of the worker, which is the master's only child."""
    assert product.process is not None
    master = product.process.pid
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[1])
    return 4096 * pages


def test_a_flood_of_packets_delays_nobody_takes_no_memory_and_is_named(
    tmp_path: Path, flooding_ports: dict[str, int]
) -> None:
    flooding = [f"ssh://a:b@127.0.0.1:{port}?name={kind}" for kind, port in flooding_ports.items()]
    servers = ["local://", *flooding]
    product = Product(tmp_path, servers, POLL_INTERVAL_SECONDS="1").start()
    try:
        wait_until(lambda: product.get("/api/state"), what="the first sample")
        waits, most = [], 0
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            began_at = time.monotonic()
            product.get("/healthz")
            waits.append(time.monotonic() - began_at)
            most = max(most, resident_bytes(product))
            time.sleep(0.02)
        points = product.data("/api/v1/trends?server=local")["trends"]["local"]["points"]
        times = [datetime.fromisoformat(point[0]) for point in points]
        gaps = [(later - at).total_seconds() for at, later in itertools.pairwise(times)]
        errors = {kind: product.server(kind)["last_error"] for kind in flooding_ports}
        assert statistics.quantiles(waits, n=20)[-1] < 0.2
        assert max(waits) < 2.0
        assert statistics.median(gaps) == pytest.approx(INTERVAL_SECONDS, rel=0.1)
        assert most < 200 * 2**20
        assert [kind for kind, error in errors.items() if "more than" not in error] == []
        assert "Traceback" not in product.log()
        assert product.stop()[1] < 3
    finally:
        product.kill()
