"""A server that floods us: nobody else notices, and it is named."""

from __future__ import annotations

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


@pytest.fixture(params=["ignore", "data"])
def flooding_port(request: pytest.FixtureRequest) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(FLOODING), str(port), request.param], stderr=subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def resident_bytes(product: Product) -> int:
    """Return the memory of the worker, which is the master's only child."""
    assert product.process is not None
    master = product.process.pid
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[1])
    return 4096 * pages


def test_a_flood_of_packets_delays_nobody_takes_no_memory_and_is_named(
    tmp_path: Path, flooding_port: int
) -> None:
    servers = ["local://", f"ssh://a:b@127.0.0.1:{flooding_port}?name=flooding"]
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
        flooding = product.server("flooding")
        assert statistics.quantiles(waits, n=20)[-1] < 0.2
        assert max(waits) < 2.0
        assert statistics.median(gaps) == pytest.approx(INTERVAL_SECONDS, rel=0.1)
        assert most < 200 * 2**20
        assert "more than" in flooding["last_error"]
        assert "Traceback" not in product.log()
        assert product.stop()[1] < 3
    finally:
        product.kill()
