"""The product of the chaos: started, asked, restarted, on one folder and one port."""

from __future__ import annotations

import contextlib
import json
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from bench.chaos.guest import V2
from bench.chaos.knowledge import Knowledge
from bench.cpu import tree
from bench.soak.vitals import Vitals, look
from tests.real.product import Product

SECONDS = 60.0
STILL_SECONDS = 2.0


class House:
    """The running product, and what is true in it."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.restarts = 0

    @property
    def port(self) -> int:
        """Return where it listens."""
        return self._product.port

    def restart(self) -> None:
        """End it as a service manager would, and start it again."""
        code, _ = self._product.stop()
        if code != 0:
            raise SystemExit(f"it ended with {code}:\n{self._product.log()[-2000:]}")
        self.restarts += 1
        self._product.start()

    def look(self) -> Vitals:
        """Return what its processes hold."""
        assert self._product.process is not None
        return look(tree(self._product.process.pid))

    def online(self) -> int:
        """Return how many servers are online."""
        return int(self._product.data("/api/v1/health")["online"])

    def clients(self) -> int:
        """Return how many clients it believes to have."""
        lines = self._product.get("/metrics?collect[]=process", raw=True).splitlines()
        name = "monserv_clients{"
        return int(sum(float(line.split()[-1]) for line in lines if line.startswith(name)))

    def pause_all(self) -> None:
        """Pause all servers, so that nothing changes any more."""
        for server in self._product.data("/api/v1/servers")["servers"]:
            url = f"{self._product.url}/api/v1/servers/{server['id']}/toggle"
            with urllib.request.urlopen(urllib.request.Request(url, method="PATCH")) as answer:
                answer.read()

    def truth(self) -> tuple[Any, Knowledge]:
        """Return what version 1 and version 2 tell one who comes now."""
        known = Knowledge()
        url = f"ws://127.0.0.1:{self.port}/ws"
        with (
            connect(url, subprotocols=[V2], max_size=None) as client,
            contextlib.suppress(TimeoutError),
        ):
            while True:
                known.take(client.recv(timeout=STILL_SECONDS))
        return json.loads(self._product.get("/api/state", raw=True)), known

    def log(self) -> str:
        """Return what it said."""
        return self._product.log()


@contextlib.contextmanager
def standing(folder: Path, servers: list[str]) -> Iterator[House]:
    """Run the product until the context ends."""
    product = Product(folder, servers, POLL_INTERVAL_SECONDS="2", MONSERV_REQUESTS_PER_SECOND="0")
    try:
        # One that is not up in time has to be ended, too.
        yield House(product.start())
    finally:
        if product.process is not None:
            product.process.send_signal(signal.SIGTERM)
            product.kill()
