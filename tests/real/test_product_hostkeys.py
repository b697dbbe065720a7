"""A server that is installed anew while the product watches it, and who lets it in again."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monserv.ssh.host_key import fingerprint
from tests.real.machines import Sshd, User
from tests.real.product import Product, ssh_url, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

WRONG = "wr0ng-c4nary"


@pytest.fixture(scope="module")
def mortal_sshd(machine_room: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """An sshd that is installed anew now and then."""
    sshd = Sshd(tmp_path_factory.mktemp("sshd"))
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory, mortal_sshd: Sshd, user: User
) -> Iterator[Product]:
    """The product, polling one server often."""
    folder = tmp_path_factory.mktemp("product")
    server = ssh_url(user.name, mortal_sshd.port, user.password, "?name=nas")
    running = Product(
        folder, [server], POLL_INTERVAL_SECONDS="1", MONSERV_KNOWN_HOSTS=str(folder / "theirs")
    ).start()
    try:
        wait_until(lambda: running.get("/api/state"), what="a sample")
        yield running
    finally:
        running.kill()


def post(product: Product, path: str, body: Any) -> tuple[int, Any]:
    request = urllib.request.Request(
        product.url + path,
        method="POST",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def mark_of(sshd: Sshd) -> str:
    return fingerprint((sshd.folder / "host_ed25519.pub").read_text().split()[1])


def renewed(sshd: Sshd, product: Product) -> tuple[str, str]:
    """Install it anew; return the fingerprints before and after, once that was noticed."""
    old = mark_of(sshd)
    sshd.stop()
    for kind in ("ed25519", "rsa"):
        sshd.new_host_key(kind)
    sshd.start()
    wait_until(
        lambda: product.server("nas")["reason"] == "host_key_changed", 30, "the change is noticed"
    )
    return old, mark_of(sshd)


def alerts(product: Product) -> list[dict[str, Any]]:
    return [one for one in product.data("/api/v1/alerts/active") if one["type"] == "host_key"]


def is_back(product: Product) -> bool:
    row = product.server("nas")
    return row["status"] != "offline" and not alerts(product)


def test_a_person_accepts_the_new_key_over_rest_and_then_on_the_command_line(
    product: Product, mortal_sshd: Sshd
) -> None:
    old, new = renewed(mortal_sshd, product)
    (alert,) = alerts(product)
    assert (alert["severity"], alert["subject"].split("] ")[1].split(" ", 1)[1]) == (
        "critical",
        "host key changed",
    )
    assert old in alert["message"]
    assert new in alert["message"]
    server_id = product.server("nas")["id"]
    path = f"/api/v1/servers/{server_id}/host-key"
    report = product.data(path)
    assert report["state"] == "changed"
    assert [one["fingerprint"] for one in report["known"]] == [old]
    assert report["offered"]["fingerprint"] == new

    code, answer = post(product, f"{path}/accept", {"fingerprint": old})
    assert code == 409
    assert old in answer["error"]
    assert new in answer["error"]
    code, answer = post(product, f"{path}/accept", {"fingerprint": new})
    assert (code, answer["data"]["state"]) == (200, "known")
    wait_until(lambda: is_back(product), 10, "it is polled with the new key")

    newer = renewed(mortal_sshd, product)[1]
    assert f"offered  ssh-ed25519 {newer}" in product.command("hostkey", "show", "nas")
    assert "is accepted" in product.command("hostkey", "accept", "nas", newer)
    wait_until(lambda: is_back(product), 10, "it is polled with the newer key")

    # What is over is written down a moment later.
    def resolutions() -> list[str]:
        closed = product.data("/api/v1/alerts?type=host_key&state=resolved")["alerts"]
        return [one["resolution"] for one in closed]

    wait_until(lambda: len(resolutions()) == 2, 10, "both are in the journal")
    assert resolutions() == ["recovered", "recovered"]


def test_a_login_that_was_mended_on_the_server_is_tried_when_a_person_says_so(
    product: Product, mortal_sshd: Sshd, user: User
) -> None:
    right = user.password
    server_id = product.server("nas")["id"]
    try:
        user.set_password(WRONG)
        mortal_sshd.stop()
        mortal_sshd.start()
        wait_until(
            lambda: product.server("nas")["reason"] == "authentication_failed", 30, "it is refused"
        )
    finally:
        user.set_password(right)
    code, answer = post(product, f"/api/v1/servers/{server_id}/retry", {})
    assert (code, answer["success"]) == (202, True)
    code, answer = post(product, f"/api/v1/servers/{server_id}/retry", {})
    assert code == 429
    wait_until(lambda: product.server("nas")["status"] != "offline", 10, "it is tried at once")
