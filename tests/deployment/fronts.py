"""nginx and Caddy with the configurations of docs/deployment, on free ports of this machine.

What a test changes in them is what it has to: ports, the certificate, where files go.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from websockets.sync.client import ClientConnection, connect

from tests.certificates import NAME, Certificate, make_certificate
from tests.real.machines import free_port
from tests.waiting import eventually

CONFIGURATIONS = Path(__file__).parents[2] / "docs" / "deployment"


@dataclass(frozen=True)
class Front:
    """A door with TLS: who knocks is ``source``, an address of loopback."""

    port: int
    trust: ssl.SSLContext
    source: str = "127.0.0.1"
    http_port: int = 0

    @property
    def place(self) -> str:
        return f"{NAME}:{self.port}"

    def dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 30, (self.source, 0))

    @contextmanager
    def asked(
        self, path: str, headers: Mapping[str, str] | None = None, form: str | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """Give the answer to a GET, or to a form, while its body may still be on its way."""
        connection = http.client.HTTPConnection(NAME, self.port)
        connection.sock = self.trust.wrap_socket(self.dial(), server_hostname=NAME)
        with contextlib.closing(connection):
            sent = dict(headers or {})
            if form is not None:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("GET" if form is None else "POST", path, form, sent)
            with connection.getresponse() as answer:
                yield answer

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Return the status and the body of the answer to a GET."""
        with self.asked(path, headers) as answer:
            return answer.status, answer.read().decode()

    def websocket(self, headers: Mapping[str, str] | None = None) -> ClientConnection:
        return connect(
            f"wss://{self.place}/ws",
            sock=self.dial(),
            ssl=self.trust,
            origin=f"https://{self.place}",  # type: ignore[arg-type]  # an Origin is a str
            additional_headers=headers,
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=30,
        )


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, f"{old} is not in the configuration"
        text = text.replace(old, new)
    return text


def _nginx(folder: Path, backend: int, https: int, http: int, paths: Certificate) -> list[str]:
    site = changed(
        (CONFIGURATIONS / "nginx.conf").read_text(),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("/etc/letsencrypt/live/status.example.net/fullchain.pem", str(paths.certificate)),
        ("/etc/letsencrypt/live/status.example.net/privkey.pem", str(paths.key)),
        ("127.0.0.1:18904", f"127.0.0.1:{backend}"),
    )
    (folder / "site.conf").write_text(site)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log stderr;\n"
        f"events {{}}\nhttp {{\n{temporary}include {folder}/site.conf;\n}}\n"
    )
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, backend: int, https: int, _http: int, paths: Certificate) -> list[str]:
    site = changed(
        (CONFIGURATIONS / "Caddyfile").read_text(),
        (
            f"{NAME} {{\n",
            f"https://{NAME}:{https} {{\n\tbind 127.0.0.1\n\ttls {paths.certificate} {paths.key}\n",
        ),
        ("127.0.0.1:18904", f"127.0.0.1:{backend}"),
    )
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


Configure = Callable[[Path, int, int, int, Certificate], list[str]]
PROXIES: dict[str, Configure] = {"nginx": _nginx, "caddy": _caddy}


@contextmanager
def front(kind: str, folder: Path, backend_port: int, source: str = "127.0.0.1") -> Iterator[Front]:
    """Run a proxy in front of what listens on ``backend_port``."""
    folder.mkdir()
    paths = make_certificate(folder)
    https, http = free_port(), free_port()
    command = PROXIES[kind](folder, backend_port, https, http, paths)
    environ = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        door = Front(https, paths.trust(), source, http)
        assert eventually(lambda: process.poll() is not None or _is_open(door)), log.read_text()
        assert process.poll() is None, log.read_text()
        yield door
    finally:
        process.terminate()
        process.wait(10)


def _is_open(door: Front) -> bool:
    try:
        door.dial().close()
    except OSError:
        return False
    return True
