"""Servers added, mistyped, mended, moved, paused and removed while the product runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from tests.real import canary
from tests.real.machines import Sshd, User
from tests.real.product import CHECKOUT, Product, messages, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

CANARY = "k4n4ry:p@ss/w ö%41"
SERVERS = "/api/v1/servers"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with nothing configured, which begins with this machine."""
    running = Product(tmp_path_factory.mktemp("bare"), [], LOG_LEVEL="DEBUG").start()
    try:
        yield running
    finally:
        running.kill()


def ask(product: Product, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    request = urllib.request.Request(
        product.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def done(product: Product, method: str, path: str, body: Any = None) -> Any:
    code, answer = ask(product, method, path, body)
    assert code in {200, 201}, answer
    return answer["data"]


def rotated(product: Product) -> str:
    """Type ``monserv secrets rotate`` beside the product; return what it says."""
    command = [sys.executable, "-m", "monserv", "secrets", "rotate"]
    environment = os.environ | product.settings
    return subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def status(product: Product, server_id: str) -> tuple[str, str | None]:
    row = product.data(f"{SERVERS}/{server_id}")
    return row["status"], row["reason"]


class Trap(paramiko.ServerInterface):
    """An SSH server that notes whatever it is offered, and lets nobody in."""

    def __init__(self) -> None:
        self.offered: list[str] = []
        self._key = paramiko.ECDSAKey.generate()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self._key)
            try:
                transport.start_server(server=self)
            except (paramiko.SSHException, EOFError):
                continue

    def check_auth_password(self, username: str, password: str) -> int:
        self.offered.append(f"password {username} {password}")
        return int(paramiko.common.AUTH_FAILED)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.offered.append(f"key {username}")
        return int(paramiko.common.AUTH_FAILED)

    def check_auth_none(self, username: str) -> int:
        return int(paramiko.common.AUTH_FAILED)

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


def test_a_mistyped_password_is_said_mended_and_the_server_goes_its_whole_way(
    bare: Product, sshd: Sshd, user: User, trap: Trap
) -> None:
    login = {"host": "127.0.0.1", "port": sshd.port, "username": user.name, "name": "nas"}

    def refusals() -> int:
        return sshd.log().count(f"Failed password for {user.name}")

    # Tried before it is added: the cause in words, one attempt, nothing pinned.
    before = refusals()
    tried = done(bare, "POST", f"{SERVERS}/test", {**login, "password": "wrong"})
    assert [step["state"] for step in tried["steps"]] == [*["passed"] * 3, "failed", "not_run"]
    assert tried["steps"][3]["detail"].startswith("The server refused the password")
    assert tried["host_key"]["known"] is False
    assert refusals() == before + 1
    assert not (bare.folder / "data" / "known_hosts").exists()

    # Added all the same.
    added = done(bare, "POST", SERVERS, {**login, "password": "wrong"})
    at = f"{SERVERS}/{added['id']}"
    wait_until(
        lambda: status(bare, added["id"]) == ("offline", "authentication_failed"), 10, "a refusal"
    )
    row = bare.data(at)
    assert row["last_error"].startswith("The server refused the password")

    # Mended: online at once, and the alert about it is over.
    tried = done(bare, "POST", f"{SERVERS}/test", {"id": added["id"], "password": user.password})
    assert (tried["passed"], tried["host_key"]["known"]) == (True, True)
    done(bare, "PUT", at, {"password": user.password})
    wait_until(lambda: status(bare, added["id"])[0] == "online", 10, "it is online")
    wait_until(lambda: bare.data("/api/v1/alerts/active") == [], 5, "no alert is left")
    assert row["url"] in bare.get("/api/state")

    # Another host: the stored password is offered to nobody there.
    code, refused = ask(bare, "PUT", at, {"port": trap.port})
    assert (code, list(refused["errors"])) == (422, ["password"])
    assert ask(bare, "POST", f"{SERVERS}/test", {"id": added["id"], "port": trap.port})[0] == 422
    moved = done(bare, "PUT", at, {"port": trap.port, "password": "for the trap"})
    assert moved["id"] == added["id"]
    wait_until(lambda: trap.offered, 10, "the trap was offered something")
    assert set(trap.offered) == {f"password {user.name} for the trap"}
    assert row["url"] not in bare.get("/api/state")
    done(bare, "PUT", at, {"port": sshd.port, "password": user.password})
    wait_until(lambda: status(bare, added["id"])[0] == "online", 10, "it is online again")

    # Paused: no session is left, and none is opened.
    paused = done(bare, "PATCH", f"{at}/toggle")
    assert (paused["status"], paused["reason"], paused["is_active"]) == ("offline", "paused", False)
    wait_until(lambda: not sshd.sessions(), what="the session is closed")
    health = bare.data("/api/v1/health")
    assert (health["total"], health["online"], health["offline"]) == (2, 1, 0)
    assert row["url"] in bare.get("/api/state")
    done(bare, "PATCH", f"{at}/toggle")
    wait_until(lambda: status(bare, added["id"])[0] == "online", 10, "it goes on")

    # Removed, with an alert open.
    done(bare, "PUT", at, {"password": "wrong again"})
    (alert,) = wait_until(lambda: bare.data("/api/v1/alerts/active"), 10, "an alert")
    with bare.websocket() as client:
        done(bare, "DELETE", at)
        heard = [one for one in messages(client, 2) if one["type"] == "alert"]
    # What is active is told once it is written, which may be only now.
    ended = [one["message"] for one in heard if one["alert_type"] == "recovery"]
    assert ended == ["The server is no longer watched"]
    assert ask(bare, "GET", at)[0] == 404
    assert row["url"] not in bare.get("/api/state")
    (past, *_) = bare.data("/api/v1/alerts")["alerts"]
    assert (past["event_id"], past["resolution"]) == (alert["event_id"], "gone")
    wait_until(lambda: not sshd.sessions(), what="the session is closed")


def test_a_restart_keeps_what_was_added_and_no_password_lies_or_is_said_anywhere(
    tmp_path: Path, own_sshd: Sshd, machine_room: Path
) -> None:
    keeper = User(machine_room, CANARY)
    product = Product(tmp_path, ["local://?name=here"], LOG_LEVEL="DEBUG").start()
    said = []
    try:
        body = {
            "host": "127.0.0.1",
            "port": own_sshd.port,
            "username": keeper.name,
            "password": CANARY,
            "name": "kept",
        }
        said.append(done(product, "POST", SERVERS, body))
        server_id = said[0]["id"]
        wait_until(lambda: status(product, server_id)[0] == "online", 10, "it is sampled")
        done(product, "PATCH", f"{SERVERS}/local/toggle")
        assert rotated(product) == "1 password is sealed with a new key.\n"
        # The running server goes on with the new key.
        second = done(product, "POST", SERVERS, body | {"host": "localhost", "name": "second"})
        product.kill()
        product.start()
        wait_until(lambda: status(product, server_id)[0] == "online", 15, "it is sampled again")
        wait_until(lambda: status(product, second["id"])[0] == "online", 15, "the second, too")
        assert status(product, "local") == ("offline", "paused")
        said += [ask(product, "PUT", f"{SERVERS}/{server_id}", body | {"port": "x"})]
        said += [product.get(SERVERS), product.get("/api/state"), product.get("/swagger/doc.json")]
        files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
        assert {path.name for path in files} >= {"monserv.db", "secrets.key"}
    finally:
        product.kill()
        keeper.remove()
    (tmp_path / "said").write_text(json.dumps(said))
    places = [tmp_path / "said", product.log_path, tmp_path / "data"]
    assert canary.leaks(places, [CANARY, "k4n4ry"]) == []


def test_forty_servers_are_added_at_once_and_those_that_live_are_sampled(
    bare: Product, sshd: Sshd, user: User
) -> None:
    bodies: list[dict[str, Any]] = [
        {"host": f"127.0.1.{number}", "port": 1, "username": "joe", "password": CANARY}
        for number in range(39)
    ]
    live = {"host": "localhost", "port": sshd.port, "username": user.name}
    bodies.append({**live, "password": user.password})
    added: list[Any] = []
    threads = [
        threading.Thread(target=lambda one=body: added.append(ask(bare, "POST", SERVERS, one)))
        for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [code for code, _ in added] == [201] * 40
    (row,) = [one["data"] for _, one in added if one["data"]["host"] == "localhost"]
    try:
        wait_until(lambda: status(bare, row["id"])[0] == "online", 15, "the live one is sampled")
        assert bare.data(SERVERS)["total"] == 41
    finally:
        for _, answer in added:
            done(bare, "DELETE", f"{SERVERS}/{answer['data']['id']}")
    assert bare.data(SERVERS)["total"] == 1
    assert bare.get("/readyz")["success"] is True
