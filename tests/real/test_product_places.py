"""Few files: streams are shed first, requests are answered, and polling goes on."""

from __future__ import annotations

import contextlib
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from monserv import capacity
from tests.real.product import Product, messages, wait_until

pytestmark = pytest.mark.real
FILES = 256


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("places")
    started = Product(folder, ["local://"], POLL_INTERVAL_SECONDS="1")
    started.start("prlimit", f"--nofile={FILES}")
    wait_until(lambda: started.get("/api/state"), what="a sample")
    yield started
    started.stop()
    started.kill()
    assert "Traceback" not in started.log()


def taken_at(product: Product) -> str:
    return str(product.get("/api/state")["local://"]["generatedAtUtc"])


def keeps_polling(product: Product) -> bool:
    before = taken_at(product)
    return bool(wait_until(lambda: taken_at(product) != before, 5, "another sample"))


def test_with_few_files_streams_are_refused_before_anything_else(product: Product) -> None:
    places = capacity.streams(FILES, 1)
    with ExitStack() as clients:
        for number in range(places):
            if number % 2:
                clients.enter_context(connect(f"ws://127.0.0.1:{product.port}/ws", max_size=None))
            else:
                stream = urllib.request.urlopen(f"{product.url}/api/v1/sse/dashboard", timeout=10)
                clients.enter_context(stream)
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://127.0.0.1:{product.port}/ws")
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"] == "10"
        with pytest.raises(urllib.error.HTTPError) as full:
            urllib.request.urlopen(f"{product.url}/api/v1/sse/dashboard", timeout=5)
        with full.value as answer:
            assert (answer.code, json.loads(answer.read())["code"]) == (503, 503)
        assert keeps_polling(product)
    log = product.log()
    assert f"at most 64 connections, {places} of them streams, since 256 files may be open" in log
    assert f"{places} of {places} places are taken" in log


def test_connections_that_ask_nothing_keep_no_server_from_being_polled(product: Product) -> None:
    with product.websocket() as watching, ExitStack() as idle:
        for _ in range(FILES):
            sock = idle.enter_context(socket.socket())
            sock.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                sock.connect(("127.0.0.1", product.port))
        updates = [one for one in messages(watching, 6) if one["type"] == "metrics_update"]
    stamps = {one["data"]["local://"]["generatedAtUtc"] for one in updates}
    assert len(stamps) >= 4
    assert keeps_polling(product)
