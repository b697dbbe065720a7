"""The product itself, started as a person starts it, and asked from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from websockets.sync.client import ClientConnection, connect

from tests import prepared
from tests.ports import free_port
from tests.real import canary

CHECKOUT = Path(__file__).parents[2]

T = TypeVar("T")


def wait_until(found: Callable[[], T | None], seconds: float = 30.0, what: str = "") -> T:
    """Return the first true answer of ``found``."""
    give_up_at = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < give_up_at, f"not within {seconds} s: {what or found}"
        time.sleep(0.05)


def ssh_url(user: str, port: int, password: str = "", query: str = "") -> str:
    secret = f":{quote(password, safe='')}" if password else ""
    return f"ssh://{user}{secret}@127.0.0.1:{port}{query}"


class Product:
    """``python3 wsgi.py`` in a process of its own."""

    def __init__(self, folder: Path, servers: list[str], **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder / "product.log"
        canary.watch(self.log_path, folder / "data")
        self.settings = {
            "SERVERS": ",".join(servers),
            "SERVER_PORT": str(self.port),
            "MONSERV_DATA_DIR": str(folder / "data"),
            "POLL_INTERVAL_SECONDS": "2",
            # The machine that runs the tests may be busy, and its disks rather full.
            "MONSERV_CPU_FOR_SECONDS": "3600",
            "MEM_THRESHOLD_PERCENT": "99",
            "DISK_THRESHOLD_PERCENT": "98",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *prefix: str) -> Product:
        """Start it, through the command ``prefix`` if one is given."""
        if not prefix and "DATABASE_URL" not in self.settings:
            prepared.put(Path(self.settings["MONSERV_DATA_DIR"]))
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "wsgi.py"],
                cwd=CHECKOUT,
                env=self._environ(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, 60, "the product answers")
        return self

    def _environ(self) -> dict[str, str]:
        ours = {"SERVERS", "SERVER_HOST", "SERVER_PORT", "API_HOST", "DATABASE_URL"}
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ours and not name.startswith("MONSERV_")
        }
        return inherited | self.settings

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        try:
            return self.get("/healthz", raw=True) is not None
        except OSError:
            return False

    def get(self, path: str, *, raw: bool = False) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            body = answer.read()
        canary.check(body)
        return body.decode() if raw else json.loads(body)

    def data(self, path: str) -> Any:
        answer = self.get(path)
        assert answer["success"] is True
        return answer["data"]

    def server(self, name: str) -> dict[str, Any]:
        rows = self.data("/api/v1/servers")["servers"]
        (row,) = [row for row in rows if row["name"] == name]
        return dict(row)

    def command(self, *words: str, told: str = "") -> str:
        """Type a command of monserv beside it; return what it said on its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "monserv", *words],
            cwd=CHECKOUT,
            env=self._environ(),
            input=told,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def token(self, name: str, *options: str) -> str:
        """Return a new token that the running product knows."""
        text = canary.plant(self.command("token", "create", name, *options))
        wait_until(lambda: self.status("/api/state", text) == 200, 10, "the token is known")
        return text

    def ask(self, path: str, token: str = "") -> HTTPResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.url + path, headers=headers)
        answer = urllib.request.urlopen(request, timeout=30)
        assert isinstance(answer, HTTPResponse)
        return answer

    def status(self, path: str, token: str = "") -> int:
        try:
            with self.ask(path, token) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code

    def websocket(self) -> ClientConnection:
        return connect(f"ws://127.0.0.1:{self.port}/ws", compression=None, max_size=None)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def stop(self) -> tuple[int, float]:
        """Return the exit code and how many seconds the end took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        return code, time.monotonic() - started

    def kill(self) -> None:
        """Pull the plug: no process of it gets a word in."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.process.wait()


def messages(client: ClientConnection, seconds: float) -> Iterator[dict[str, Any]]:
    """Yield each message that arrives within ``seconds``."""
    give_up_at = time.monotonic() + seconds
    while (left := give_up_at - time.monotonic()) > 0:
        try:
            said = client.recv(timeout=left)
            canary.check(said)
            yield json.loads(said)
        except TimeoutError:
            return
