from __future__ import annotations

from pathlib import Path

import pytest

from monserv.model.settings import Settings
from monserv.settings import greeting


def settings(**changed: object) -> Settings:
    return Settings(data_dir=Path(), database_url="", **changed)  # type: ignore[arg-type]  # they are what a test names


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({}, "127.0.0.1:18904"),
        ({"server_host": "::1"}, "[::1]:18904"),
        ({"server_host": "0.0.0.0"}, "127.0.0.1:18904"),
        ({"server_host": "10.0.0.1"}, "10.0.0.1:18904"),
        ({"api_host": "status.example.net"}, "status.example.net"),
    ],
)
def test_three_lines_can_be_clicked(changed: dict[str, str], place: str) -> None:
    assert [line.split()[-1] for line in greeting.links(settings(**changed))] == [
        f"http://{place}/",
        f"http://{place}/swagger/index.html",
        f"ws://{place}/ws",
    ]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"tls_certificate": Path("cert")}, "127.0.0.1:18904"),
        ({"tls_certificate": Path("cert"), "api_host": "a.example:8443"}, "a.example:8443"),
        ({"trusted_proxies": 1, "api_host": "a.example"}, "a.example"),
        ({"trusted_proxies": 1, "api_host": "a.example:443"}, "a.example:443"),
    ],
)
def test_the_links_are_secure_where_browsers_come_over_tls(
    changed: dict[str, object], place: str
) -> None:
    first, _, last = greeting.links(settings(**changed))
    assert (first.split()[-1], last.split()[-1]) == (f"https://{place}/", f"wss://{place}/ws")


@pytest.mark.parametrize("changed", [{}, {"api_host": "a.example:80"}])
def test_a_proxy_that_may_speak_plainly_gets_plain_links(changed: dict[str, object]) -> None:
    first, *_ = greeting.links(settings(trusted_proxies=1, **changed))
    assert first.split()[-1].startswith("http://")


def test_loopback_in_a_container_names_the_setting_that_opens_it() -> None:
    (hint,) = greeting.hints(settings(), contained=True)
    assert "SERVER_HOST=0.0.0.0 MONSERV_AUTH=required" in hint
    assert greeting.hints(settings(server_host="0.0.0.0"), contained=True) == ()


def test_a_public_api_host_on_loopback_names_the_setting_too() -> None:
    (hint,) = greeting.hints(settings(api_host="status.example.net:443"), contained=False)
    assert "SERVER_HOST=0.0.0.0 MONSERV_AUTH=required" in hint
    assert greeting.hints(settings(api_host="localhost:443"), contained=False) == ()
    expected = settings(api_host="status.example.net:443", trusted_proxies=1)
    assert greeting.hints(expected, contained=False) == ()


def test_a_container_is_known_by_its_environment() -> None:
    assert greeting.is_container({"container": "podman"})
