"""Whose address the application sees; what real proxies send is tested with real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.web import proxies
from tests.web.live_server import HANDSHAKE, live_server
from tests.web.site import Site

PEER = "127.0.0.1"
CLIENT = "203.0.113.7"


def seen(count: int, peer: str = PEER, **headers: str) -> dict[str, Any]:
    """Return what a view sees of a request that ``peer`` sends, behind ``count`` proxies."""
    app = Flask(__name__)
    proxies.trust(app, count)

    @app.get("/")
    def view() -> ResponseReturnValue:
        return jsonify(address=request.remote_addr, scheme=request.scheme, host=request.host)

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = app.test_client().get("/", headers=named, environ_base={"REMOTE_ADDR": peer})
    found: dict[str, Any] = answer.json
    return found


def address(count: int, forwarded_for: str, peer: str = PEER) -> object:
    return seen(count, peer, X_Forwarded_For=forwarded_for)["address"]


@pytest.mark.parametrize(
    ("count", "forwarded_for", "expected"),
    [
        (1, CLIENT, CLIENT),
        (1, f"198.51.100.1, {CLIENT}", CLIENT),
        (1, f"{PEER},{CLIENT}", CLIENT),
        (2, f"198.51.100.1, {CLIENT}, 10.0.0.1", CLIENT),
        (2, f"{CLIENT},10.0.0.1", CLIENT),
        (10, CLIENT + ",10.0.0.1" * 9, CLIENT),
        (1, f"{CLIENT}:50412", CLIENT),
        (1, "2001:DB8::0:7", "2001:db8::7"),
        (1, f"::ffff:{CLIENT}", CLIENT),
        (1, "[2001:db8::7]:50412", "2001:db8::7"),
        (1, f' "evil, {CLIENT}', CLIENT),
        (1, f'evil\\", {CLIENT} ', CLIENT),
        (2, f'"1.1.1.1", {CLIENT}, 10.0.0.1', CLIENT),
    ],
)
def test_the_address_is_what_the_first_trusted_proxy_wrote(
    count: int, forwarded_for: str, expected: str
) -> None:
    assert address(count, forwarded_for) == expected


@pytest.mark.parametrize(
    ("count", "forwarded_for"),
    [
        (0, CLIENT),
        (2, CLIENT),
        (10, f"{CLIENT}, 10.0.0.1"),
        (1, ""),
        (1, f"{CLIENT},"),
        (1, f"{CLIENT}, unix:"),
        (1, f"{CLIENT}, unknown"),
        (1, f'{CLIENT}, "10.0.0.1"'),
        (1, "203.0.113.7.8"),
        (1, "x" * 8000),
    ],
)
def test_without_an_entry_of_each_proxy_or_an_address_in_it_the_connection_counts(
    count: int, forwarded_for: str
) -> None:
    assert address(count, forwarded_for) == PEER


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_whatever_a_client_writes_before_it_the_proxys_own_entry_counts(spoofed: str) -> None:
    assert address(1, f"{spoofed}, {CLIENT}") == CLIENT
    assert address(2, f"{spoofed}, {CLIENT}, 10.0.0.1") == CLIENT


def test_a_proxy_on_a_unix_socket_has_no_address_and_its_client_has() -> None:
    assert address(1, CLIENT, peer="") == CLIENT
    assert address(0, CLIENT, peer="") == ""
    assert seen(1, peer="")["address"] == ""


@pytest.mark.parametrize("count", [0, 1, 2])
def test_no_other_header_says_who_or_where(count: int) -> None:
    assert seen(
        count,
        Forwarded=f"for={CLIENT};host=evil.example;proto=https",
        X_Real_IP=CLIENT,
        X_Forwarded_Host="evil.example",
        X_Forwarded_Port="1",
        X_Forwarded_Prefix="/evil",
        True_Client_IP=CLIENT,
    ) == {"address": PEER, "scheme": "http", "host": "localhost"}


@pytest.mark.parametrize(
    ("count", "proto", "scheme"),
    [
        (0, "https", "http"),
        (1, "https", "https"),
        (2, "https", "https"),
        (1, "http, HTTPS", "https"),
        (1, "https, http", "http"),
        (1, "javascript", "http"),
        (1, "", "http"),
    ],
)
def test_the_scheme_is_what_a_trusted_proxy_says(count: int, proto: str, scheme: str) -> None:
    assert seen(count, X_Forwarded_Proto=proto)["scheme"] == scheme


def test_a_spoofed_host_is_not_what_is_judged() -> None:
    site = Site(trusted_proxies=1)
    evil = {"X_Forwarded_Host": "localhost", "Host": "evil.example"}
    assert site.get("/api/state", **evil).status_code == 403
    honest = {"X_Forwarded_Host": "evil.example", "Host": "localhost"}
    assert site.get("/api/state", **honest).status_code == 200


@pytest.mark.real
@pytest.mark.parametrize(("trusted", "codes"), [("1", [101, 503, 101]), ("0", [101, 101, 101])])
def test_the_places_of_an_address_are_those_of_the_client_behind_the_proxy(
    tmp_path: Path, trusted: str, codes: list[int]
) -> None:
    environ = {"MONSERV_TRUSTED_PROXIES": trusted, "LIVE_MAX_CLIENTS": "3", "MONSERV_AUTH": "none"}
    found = []
    with live_server(tmp_path, **environ) as server:
        for number, forwarded_for in enumerate([CLIENT, f"10.0.0.1, {CLIENT}", "198.51.100.1"]):
            # The second is another header, which gunicorn must not take for the first.
            mine = (f"X-Forwarded-For: {forwarded_for}", f"X_Forwarded_For: 192.0.2.{number}")
            found.append(int(server.request(*HANDSHAKE, *mine).recv(12).split()[1]))
            server.wait_for_clients(found.count(101))
    assert found == codes
