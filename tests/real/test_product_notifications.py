"""A disk that fills on a real server is a mail in a real mail server, and no secret is shown."""

from __future__ import annotations

import base64
import json
import random
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.notify.authority import Authority
from tests.notify.services import Service
from tests.notify.sink import Sink, wait_for_mails
from tests.real.machines import Sshd, User, empty, fill
from tests.real.product import Product, ssh_url, wait_until
from tests.real.test_product_alerts import shows

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

PASSWORD = "m4il-k4n4r1e p@ss:%41/w"
TOKEN = "k4n4r1eT0ken"


def submission(authority: Authority) -> Iterator[Sink]:
    """Listen as a mail server does, on port 587 of some loopback address."""
    host = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(2, 254)}"
    login = ("monserv@example.net", PASSWORD)
    with Sink(host=host, port=587, starttls=authority.context(host), login=login) as sink:
        yield sink


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    folder = tmp_path / "authority"
    folder.mkdir()
    yield from submission(Authority(folder))


def post(product: Product, path: str, body: dict[str, Any]) -> dict[str, Any]:
    asked = urllib.request.Request(
        product.url + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=40) as answer:
        return dict(json.loads(answer.read()))


def spellings(secret: str) -> set[bytes]:
    """Return how a secret may look in what was written."""
    plain = [secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)]
    encoded = {text.encode() for text in plain}
    return encoded | {base64.b64encode(secret.encode()).rstrip(b"=")}


def leaks(product: Product) -> list[str]:
    """Return the files of the product in which a secret lies, in whatever spelling."""
    wanted = spellings(PASSWORD) | spellings(TOKEN)
    files = [product.log_path, *(product.folder / "data").rglob("*")]
    return [
        str(path)
        for path in files
        if path.is_file() and any(one in path.read_bytes() for one in wanted)
    ]


def test_a_disk_that_fills_is_a_mail_and_so_is_its_recovery(
    tmp_path: Path, sshd: Sshd, user: User, small_disk: Path, sink: Sink
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
            wait_until(lambda: shows(product, str(small_disk)), what="the small disk is seen")
            fill(small_disk)
            (mail,) = wait_for_mails(sink, 1, 15)
            hostname = product.server("nas")["metrics"]["hostname"]
            assert mail.subject == f"[ALERT] {hostname} disk {small_disk} high"
            assert mail.was_encrypted
            assert f"Server: {hostname} (ssh://{user.name}:***@127.0.0.1:{sshd.port})" in mail.text
            assert "Dashboard: https://status.example.net:443/" in mail.text
            assert service.wait_for(2)
            empty(small_disk)
            mails = wait_for_mails(sink, 2, 15)
            assert mails[1].subject == f"[RECOVERED] {hostname} disk {small_disk}"

            # Full again within the cooldown: nobody is told, and the log says why.
            fill(small_disk)
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
                while (heard := json.loads(client.recv(timeout=5)))["type"] != "alert":
                    pass
                assert heard == {"type": "alert"} | pushed
            shown = product.get("/api/v1/notifications", raw=True)
            secrets = spellings(TOKEN) | spellings(PASSWORD)
            assert [one for one in secrets if one.decode() in shown] == []
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
            empty(small_disk)
        assert leaks(product) == []
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
