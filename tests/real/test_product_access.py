"""The whole product where ``~/.ssh/config`` says how servers are reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.machines import Sshd, User
from tests.real.product import CHECKOUT, Product, wait_until

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").touch(0o600)
    return home


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory, home: Path, sshd: Sshd, user: User, key_path: Path
) -> Iterator[Product]:
    (home / ".ssh" / "inner").write_text(f"Host alias other\n  Port {sshd.port}\n")
    (home / ".ssh" / "config").write_text(
        "Include inner\nMatch exec 'exit 0'\n  User nobody\n"
        f"Host alias other\n  HostName 127.0.0.1\n  User {user.name}\n  IdentityFile {key_path}\n"
    )
    folder = tmp_path_factory.mktemp("product")
    product = Product(folder, ["ssh://alias?tags=a,b"], HOME=str(home)).start()
    try:
        wait_until(lambda: product.get("/api/state"), what="the server has a sample")
        yield product
    finally:
        product.kill()


def add(product: Product, **fields: Any) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{product.url}/api/v1/servers",
        json.dumps(fields).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        row: dict[str, Any] = json.load(answer)["data"]
    return row


def test_an_alias_is_known_by_itself_everywhere(product: Product, user: User) -> None:
    assert list(product.get("/api/state")) == ["ssh://alias"]
    row = product.server("alias")
    assert [row[name] for name in ("id", "url", "host", "port", "username", "tags")] == [
        "alias",
        "ssh://alias",
        "alias",
        22,
        user.name,
        "a,b",
    ]
    found = product.data("/api/v1/servers/metrics?url=ssh://alias")
    assert found["hostname"] == product.get("/api/state")["ssh://alias"]["hostname"]
    assert "line 2: Match exec is not decided here" in product.log()


def test_a_server_that_is_added_is_led_as_well(product: Product, user: User) -> None:
    row = add(product, host="other", username=user.name)
    assert (row["url"], row["port"]) == (f"ssh://{user.name}@other", 22)
    wait_until(lambda: row["url"] in product.get("/api/state"), what="it has a sample")


def test_a_broken_file_stops_a_start_with_its_line(product: Product, tmp_path: Path) -> None:
    config = tmp_path / "ssh_config"
    config.touch(0o600)
    config.write_text("Host *\n  Port twenty-two\n")
    settings = {**product.settings, "MONSERV_SSH_CONFIG": str(config), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "wsgi.py"],
        cwd=CHECKOUT,
        env=os.environ | settings | {"MONSERV_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"monserv: MONSERV_SSH_CONFIG: {config}, line 2: the port is no number from 1 to 65535; "
        "MONSERV_SSH_CONFIG=none leaves it unread\n"
    )
