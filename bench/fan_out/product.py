"""The product as ``wsgi.py`` runs it, watching a simulated fleet; tokens show parts of that."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.cpu import tree
from bench.poll_cost.cores import MEASURED, on
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
NAME = "monserv"
START_SECONDS = 120.0
STOP_SECONDS = 10.0
# Some servers are seen by who may see this tag alone, so that messages have different sizes.
TAG = "some"


@dataclass(frozen=True, slots=True)
class Product:
    """A running monserv; ``pid`` is its worker's. ``token(tag)`` shows the servers with a tag."""

    port: int
    pid: int
    _folder: Path
    _environ: Mapping[str, str]

    def token(self, tag: str = "") -> str:
        """Return a new token, which the product knows."""
        words = ["token", "create", tag or "all", *(["--tag", tag] if tag else [])]
        made = subprocess.run(
            [sys.executable, "-m", "monserv", *words],
            cwd=ROOT,
            env=dict(self._environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        token = made.stdout.strip()
        _wait_until(lambda: self.online(token) >= 0, "the token is not known")
        return token

    def online(self, token: str = "") -> int:
        """Return how many servers a token shows online."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://127.0.0.1:{self.port}/api/v1/health"
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
            return int(json.load(answer)["data"]["online"])

    def memory_bytes(self) -> int:
        """Return the memory of the worker."""
        return memory_bytes(self.pid)

    def log(self) -> str:
        """Return what it said."""
        return (self._folder / "log").read_text(errors="replace")


@contextlib.contextmanager
def running(
    servers: list[str], interval_seconds: float, folder: Path, **settings: str
) -> Iterator[Product]:
    """Run it with these servers until the context ends; given once all have been polled."""
    folder.mkdir()
    (folder / "servers").write_text(",".join(servers))
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SERVERS_FILE": str(folder / "servers"),
        "SERVER_PORT": str(port),
        "POLL_INTERVAL_SECONDS": f"{interval_seconds:g}",
        "MONSERV_DATA_DIR": str(folder / "data"),
        # All clients have one address.
        "MONSERV_REQUESTS_PER_SECOND": "0",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        **settings,
    }
    command = [sys.executable, "-P", "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            on(MEASURED, [*command, "wsgi:app"]), cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    try:
        starting = Product(port, process.pid, folder, environ)
        _wait_until(lambda: starting.online() == len(servers), "not all servers were polled")
        # Those that prepared the start have ended, and the worker is all that is below.
        yield dataclasses.replace(starting, pid=tree(process.pid)[1])
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def memory_bytes(pid: int) -> int:
    """Return the memory of a process that is its own (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def tagged(servers: list[str], sizes: Mapping[str, int]) -> list[str]:
    """Give the first servers tags: ``sizes`` says how many have each."""
    return [
        server + "?tags=" + "%2C".join(tag for tag, count in sizes.items() if index < count)
        if any(index < count for count in sizes.values())
        else server
        for index, server in enumerate(servers)
    ]


def _wait_until(condition: object, what: str) -> None:
    assert callable(condition)
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        with contextlib.suppress(urllib.error.URLError, OSError):
            if condition():
                return
        time.sleep(0.1)
    raise SystemExit(what)
