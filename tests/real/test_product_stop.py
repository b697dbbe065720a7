"""How the product ends, and what it never says."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from websockets.exceptions import ConnectionClosed

from tests.real import canary
from tests.real.machines import Sshd, User
from tests.real.product import Product, messages, ssh_url, wait_until

pytestmark = pytest.mark.real

CANARY = "k4n4r1e@:/%#? ü"


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.timed
def test_sigterm_closes_fifty_websockets_with_1001_within_three_seconds(
    tmp_path: Path, black_hole: int
) -> None:
    hanging = [f"ssh://u{n}:x@127.0.0.1:{black_hole}" for n in range(20)]
    product = Product(tmp_path, ["local://", *hanging]).start()
    codes: list[int | None] = []
    everybody_is_here = threading.Barrier(51)

    def read_to_the_end() -> None:
        with product.websocket() as client:
            everybody_is_here.wait(20)
            try:
                while True:
                    client.recv()
            except ConnectionClosed as closed:
                codes.append(closed.rcvd.code if closed.rcvd else None)

    readers = [threading.Thread(target=read_to_the_end) for _ in range(50)]
    for reader in readers:
        reader.start()
    everybody_is_here.wait(20)
    wait_until(lambda: product.get("/api/state"), what="a sample")
    code, seconds = product.stop()
    for reader in readers:
        reader.join(30)
    product.kill()
    assert codes == [1001] * 50
    assert code == 0
    assert seconds < 3
    assert "Traceback" not in product.log()


@pytest.mark.timed
def test_ctrl_c_ends_it_just_as_well(tmp_path: Path) -> None:
    product = Product(tmp_path, ["local://"]).start()
    assert product.process is not None
    started = time.monotonic()
    product.process.send_signal(signal.SIGINT)
    code = product.process.wait(10)
    product.kill()
    assert (code, time.monotonic() - started < 3) == (0, True)


def test_a_password_is_in_no_answer_frame_log_or_file(tmp_path: Path, sshd: Sshd) -> None:
    user = User(tmp_path, CANARY)
    tmp_path.chmod(0o755)
    server = ssh_url(user.name, sshd.port, CANARY, "?name=nas")
    wrong = ssh_url("nobody", sshd.port, CANARY, "?name=refused")
    product = Product(tmp_path, [server, wrong], LOG_LEVEL="DEBUG").start()
    said = []
    try:
        wait_until(lambda: product.server("nas")["status"] == "online", what="nas is online")
        wait_until(lambda: product.server("refused")["last_error"], what="refused is refused")
        paths = ["/", "/api/state", "/readyz", "/swagger/doc.json"]
        paths += [f"/api/v1/{name}" for name in ("servers", "alerts", "health", "trends")]
        said += [product.get(path, raw=True) for path in paths]
        exact = quote(f"ssh://{user.name}:{CANARY}@127.0.0.1:{sshd.port}", safe="")
        metrics = product.get(f"/api/v1/servers/metrics?url={exact}", raw=True)
        said.append(metrics)
        try:
            product.get(f"/api/v1/servers/metrics?url={exact}x", raw=True)
        except urllib.error.HTTPError as error:
            said.append(error.read().decode())
        with product.websocket() as client:
            said += [json.dumps(one) for one in messages(client, 3)]
        assert product.process is not None
        said.append(Path(f"/proc/{product.process.pid}/cmdline").read_text())
        product.stop()
    finally:
        product.kill()
        user.remove()
    (tmp_path / "said").write_text("\n".join(said))
    assert len(said) > 10
    places = [tmp_path / "said", product.log_path, tmp_path / "data"]
    assert canary.leaks(places, [CANARY, "k4n4r1e"]) == []
