from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.web.live_server import live_server

pytestmark = pytest.mark.real


@pytest.mark.timed
def test_sigterm_closes_50_clients_with_1001_and_the_process_leaves_within_3_s(
    tmp_path: Path,
) -> None:
    with live_server(tmp_path) as server:
        codes: list[int | None] = []

        def stay_until_closed() -> None:
            with connect(server.url) as client, pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=20)
            codes.append(closed.value.rcvd.code if closed.value.rcvd else None)

        readers = [threading.Thread(target=stay_until_closed) for _ in range(50)]
        for reader in readers:
            reader.start()
        server.wait_for_clients(50)
        started_at = time.monotonic()
        server.process.terminate()
        assert server.process.wait(10) == 0
        assert time.monotonic() - started_at < 3.0

        for reader in readers:
            reader.join(10)
        assert codes == [1001] * 50


@pytest.mark.timed
def test_sigterm_is_not_held_up_by_clients_that_answer_nothing(tmp_path: Path) -> None:
    with live_server(tmp_path) as server:
        for _ in range(5):
            server.connect(receive_buffer_bytes=4096)
        server.publish("state", b'"' + b"x" * 3_000_000 + b'"')
        started_at = time.monotonic()
        server.process.terminate()

        assert server.process.wait(10) == 0
        assert time.monotonic() - started_at < 3.0
