"""A disk that fills on a real server is a mail in a real mail server, and no secret is shown."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notify.authority import Authority
from tests.notify.services import Service
from tests.notify.sink import Sink, mail_server, wait_for_mails
from tests.real import canary
from tests.real.machines import SmallDisk, Sshd, User
from tests.real.product import Product, ssh_url, wait_until
from tests.real.test_product_alerts import shows

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

PASSWORD = "m4il-k4n4r1e p@ss:%41/w"
TOKEN = "k4n4r1eT0ken"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    folder = tmp_path / "authority"
    folder.mkdir()
    with mail_server(Authority(folder), ("monserv@example.net", PASSWORD)) as sink:
        yield sink


def post(product: Product, path: str, body: dict[str, Any]) -> dict[str, Any]:
    asked = urllib.request.Request(
        product.url + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=40) as answer:
        return dict(json.loads(answer.read()))


def test_a_disk_that_fills_is_a_mail_and_so_is_its_recovery(
    tmp_path: Path, sshd: Sshd, user: User, small_disk: SmallDisk, sink: Sink
) -> None:
    with Service(500) as service:
        product = Product(
            tmp_path,
            [ssh_url(user.name, sshd.port, user.password, "?name=nas")],
            EMAIL_SMTP_HOST=str(sink.host),
            EMAIL_FROM="monserv@example.net",
            EMAIL_TO="ops@example.net",
            EMAIL_PASSWORD=PASSWORD,
            MONSERV_NOTIFY_URLS=f"json://u:{TOKEN}@127.0.0.1:{service.port}/{TOKEN}",
            API_HOST="status.example.net:443",
            SSL_CERT_FILE=str(tmp_path / "authority" / "ca.pem"),
            LOG_LEVEL="DEBUG",
        ).start()
        try:
            wait_until(
                lambda: shows(product, str(small_disk.mountpoint)), what="the small disk is seen"
            )
            small_disk.fill()
            (mail,) = wait_for_mails(sink, 1, 15)
            hostname = product.server("nas")["metrics"]["hostname"]
            assert mail.subject == f"[ALERT] {hostname} disk {small_disk.mountpoint} high"
            assert mail.was_encrypted
            assert f"Server: {hostname} (ssh://{user.name}:***@127.0.0.1:{sshd.port})" in mail.text
            assert "Dashboard: https://status.example.net:443/" in mail.text
            assert service.wait_for(2)
            small_disk.empty()
            mails = wait_for_mails(sink, 2, 15)
            assert mails[1].subject == f"[RECOVERED] {hostname} disk {small_disk.mountpoint}"

            # Full again within the cooldown: nobody is told, and the log says why.
            small_disk.fill()
            wait_until(lambda: product.data("/api/v1/alerts/active"), what="it is full again")
            log = wait_until(
                lambda: product.data("/api/v1/notifications?channel=email&state=pending"),
                what="the delivery is held back",
            )
            assert [row["attempts"] for row in log["deliveries"]] == [0]
            assert len(sink.mails) == 2

            result = post(product, "/api/v1/notifications/test", {"channel": "email"})
            assert result["data"] == {"channel": "email", "sent": True, "error": None}
            assert sink.mails[2].subject == "[TEST] monserv"
            refused = post(product, "/api/v1/notifications/test", {"channel": "json"})
            said = "the service answered 500 (Internal Server Error)"
            assert refused["data"] == {"channel": "json", "sent": False, "error": said}
            with product.websocket() as client:
                pushed = {"alert_type": "recovery", "subject": "s", "message": "m"}
                assert post(product, "/api/test-alert", pushed) == {
                    "status": "sent",
                    "type": "recovery",
                    "subject": "s",
                    "message": "m",
                }
                while (heard := json.loads(client.recv(timeout=20)))["type"] != "alert":
                    pass
                assert heard == {"type": "alert"} | pushed
            shown = tmp_path / "shown"
            shown.write_text(product.get("/api/v1/notifications", raw=True))
            assert product.stop()[0] == 0

            # The webhook's alert was never taken: the next process tries again at once.
            service.status = 200
            calls = len(service.calls)
            product.start()
            told = service.wait_for(calls + 1, 15)[calls:]
            assert told[0].body["title"] == mail.subject
            assert product.stop()[0] == 0
        finally:
            product.kill()
            small_disk.empty()
        places = [shown, product.log_path, tmp_path / "data"]
        assert canary.leaks(places, [PASSWORD, TOKEN]) == []
        assert "apprise" not in product.log()


def test_a_channel_that_cannot_work_stops_the_start_in_words(tmp_path: Path) -> None:
    product = Product(tmp_path, ["local://"], MONSERV_NOTIFY_URLS=f"discord://{TOKEN}")
    with pytest.raises(AssertionError):
        product.start()
    assert product.process is not None
    assert product.process.wait(20) == 2
    assert product.log() == (
        "monserv: MONSERV_NOTIFY_URLS, entry 1: "
        "it is no complete address of a service that apprise knows\n"
    )
