"""Who is let in: in the product itself, beside its own command line, and from another machine."""

from __future__ import annotations

import base64
import http.client
import http.cookiejar
import json
import statistics
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from monserv.web.doors import DOORS, PUBLIC
from tests.real.namespace import Namespace, second
from tests.real.product import Product, wait_until
from tests.web.site import Site
from tests.web.test_every_door import address

pytestmark = pytest.mark.real

PASSWORD = "k4n4r1e pässw0rd"
WRONG = "k4n4r1e wr0ng"


class Guarded(Product):
    """The product, listening to everybody."""

    def log_in(self, password: str = PASSWORD) -> tuple[int, http.cookiejar.CookieJar]:
        """Log anna in as a browser does; return the status of the page at which it arrives."""
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        form = urlencode({"name": "anna", "password": password, "next": "/"}).encode()
        try:
            with browser.open(f"{self.url}/login", form, timeout=20) as answer:
                return int(answer.status), jar
        except urllib.error.HTTPError as error:
            error.read()
            return error.code, jar

    def listen(self, path: str = "/ws", **headers: str) -> ClientConnection:
        return connect(
            f"ws://127.0.0.1:{self.port}{path}", additional_headers=headers, max_size=None
        )

    def refusal(self, path: str = "/ws", **headers: str) -> int:
        """Return the status with which a handshake is refused."""
        with pytest.raises(InvalidStatus) as refused:
            self.listen(path, **headers)
        return int(refused.value.response.status_code)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Namespace]:
    """Another machine, which reaches what these tests start."""
    with second() as found:
        yield found


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, elsewhere: Namespace) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    settings = {"SERVER_HOST": "0.0.0.0", "LOG_LEVEL": "DEBUG"}
    # Every door is tried from one address, which 429 would answer for the door.
    settings["MONSERV_REQUESTS_PER_SECOND"] = "0"
    product = Guarded(folder, ["local://?tags=prod"], **settings)
    product.command("user", "add", "anna", told=f"{PASSWORD}\n")
    product.start()
    yield product
    product.kill()


@pytest.fixture(scope="module")
def token(product: Guarded) -> str:
    made = product.command("token", "create", "test")
    wait_until(lambda: _opens(product, made), what="the new token is known")
    return made


def closed_with(client: ClientConnection) -> int | None:
    """Read to the end; return the code of the close frame."""
    try:
        while True:
            client.recv(timeout=8)
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else closed.rcvd.code


def _opens(product: Guarded, token: str) -> bool:
    try:
        product.get(f"/api/state?token={token}")
    except urllib.error.HTTPError as error:
        error.read()
        return False
    return True


def test_a_websocket_opens_with_each_kind_of_credential_and_with_none_it_does_not(
    product: Guarded, token: str
) -> None:
    status, jar = product.log_in()
    assert status == 200
    cookie = "; ".join(f"{one.name}={one.value}" for one in jar)
    for path, headers in (
        ("/ws", {"Authorization": f"Bearer {token}"}),
        (f"/ws?token={token}", {}),
        ("/ws", {"Cookie": cookie, "Origin": product.url}),
    ):
        with product.listen(path, **headers) as client:
            assert json.loads(client.recv(timeout=20))["type"] == "metrics_update"
    for path, headers in (
        ("/ws", {}),
        ("/ws?token=", {}),
        (f"/ws?token={token}x", {}),
        ("/ws", {"Authorization": f"Bearer {token}x"}),
        ("/ws", {"Cookie": cookie[:-3]}),
    ):
        assert (path, product.refusal(path, **headers)) == (path, 401)
    assert product.refusal(Cookie=cookie, Origin="http://evil.example") == 403


@pytest.mark.timed
def test_what_the_command_line_revokes_is_closed_within_five_seconds(product: Guarded) -> None:
    revoked, kept = (product.command("token", "create", name) for name in ("revoked", "kept"))
    wait_until(lambda: _opens(product, kept), what="the tokens are known")
    with (
        product.listen(f"/ws?token={revoked}") as client,
        product.listen(f"/ws?token={kept}") as other,
    ):
        product.command("token", "revoke", "revoked")
        began_at = time.monotonic()
        assert closed_with(client) == 1008
        assert time.monotonic() - began_at < 5
        assert other.recv(timeout=10)
    assert product.refusal(f"/ws?token={revoked}") == 401


@pytest.mark.timed
def test_who_is_disabled_or_limited_loses_what_was_open(product: Guarded) -> None:
    product.command("user", "add", "bert", told=f"{PASSWORD}\n")
    made = product.command("token", "create", "b", "--user", "bert")
    wait_until(lambda: _opens(product, made), what="the token is known")
    for change in (("role", "bert", "viewer", "--tag", "lab"), ("disable", "bert")):
        with product.listen(f"/ws?token={made}") as client:
            product.command("user", *change)
            began_at = time.monotonic()
            assert closed_with(client) == 1008
            assert time.monotonic() - began_at < 5
    assert product.refusal(f"/ws?token={made}") == 401


def test_nothing_is_reachable_from_another_machine_without_a_credential(
    product: Guarded, token: str, elsewhere: Namespace
) -> None:
    rules = list(Site().app.url_map.iter_rules())
    asked = [
        (method, address(rule))
        for rule in rules
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    ]
    public = {address(rule) for rule in rules if DOORS[rule.endpoint] is PUBLIC}
    for headers in ({}, {"Accept": "text/html"}, {"Authorization": "Bearer mst_wrong"}):
        said = elsewhere.ask(product.port, asked, headers)
        let_in = {
            path
            for (_, path), (status, location, _) in zip(asked, said, strict=True)
            if status != 401 and not location.startswith("/login")
        }
        assert let_in - public == set()
        assert [body for _, _, body in said if "local://" in body or "hostname" in body] == []
    (allowed,) = elsewhere.ask(
        product.port, [("GET", "/api/state")], {"Authorization": f"Bearer {token}"}
    )
    assert (allowed[0], list(json.loads(allowed[2]))) == (200, ["local://"])


@pytest.mark.timed
def test_a_storm_of_log_ins_delays_nobody_else(product: Guarded, token: str) -> None:
    statuses: list[int] = []

    def try_it(number: int) -> None:
        # Each from an address of its own, so that all of them are compared.
        source = (f"127.1.{number}.1", 0)
        connection = http.client.HTTPConnection(
            "127.0.0.1", product.port, timeout=30, source_address=source
        )
        form = urlencode({"name": f"name{number}", "password": WRONG})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", form, kind)
        statuses.append(connection.getresponse().status)
        connection.close()

    storm = [threading.Thread(target=try_it, args=(number,)) for number in range(40)]
    for one in storm:
        one.start()
    waits: list[float] = []
    while any(one.is_alive() for one in storm):
        began_at = time.monotonic()
        product.get(f"/api/state?token={token}")
        waits.append(time.monotonic() - began_at)
    for one in storm:
        one.join()
    # As many as may wait are compared, in their own threads; the others hear at once.
    assert set(statuses) == {401, 503}
    assert statuses.count(401) >= 16
    assert statistics.median(waits) < 0.3


def test_no_password_token_or_cookie_is_in_a_log_or_file(product: Guarded, token: str) -> None:
    status, jar = product.log_in()
    assert (status, product.log_in(WRONG)[0]) == (200, 401)
    (cookie,) = jar
    payload = (cookie.value or "").split(".")[0]
    secret = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["key"]
    for path in ("/api/state", "/nowhere", "/swagger/", "/ws", "/api/v1/servers/metrics"):
        for query in (f"token={token}", f"token={token}x", f"a=1&%74oken={token}"):
            wanted = urllib.request.Request(
                f"{product.url}{path}?{query}", headers={"Referer": f"http://x/?token={token}"}
            )
            try:
                with urllib.request.urlopen(wanted, timeout=10) as answer:
                    assert answer.geturl() == wanted.full_url or token not in answer.geturl()
                    said = answer.read()
            except urllib.error.HTTPError as error:
                said = error.read()
            assert token.encode() not in said
    files = [path for path in (product.folder / "data").rglob("*") if path.is_file()]
    kept = {path.name: path.read_bytes() for path in files} | {"log": product.log().encode()}
    assert "monserv.db" in kept
    assert len(kept["log"]) > 1000
    canaries = [PASSWORD, WRONG, "k4n4r1e", token, secret, quote(PASSWORD), cookie.value or ""]
    found = [(name, one) for name, text in kept.items() for one in canaries if one.encode() in text]
    assert found == []


def test_without_any_account_the_first_is_made_with_the_code_of_the_log(tmp_path: Path) -> None:
    product = Guarded(tmp_path, ["local://"], SERVER_HOST="0.0.0.0", MONSERV_AUTH="required")
    product.start()
    try:
        code = product.log().partition("works once: ")[2].split()[0]
        form = urlencode({"code": code, "name": "anna", "password": PASSWORD}).encode()
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        with browser.open(f"{product.url}/setup", form, timeout=20) as answer:
            assert (answer.status, answer.geturl()) == (200, f"{product.url}/")
        assert "anna  admin" in product.command("user", "list")
        assert product.log_in()[0] == 200
    finally:
        product.kill()
