from __future__ import annotations

import pytest

from monserv.settings import addresses


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example.net", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, *, loopback: bool) -> None:
    assert addresses.is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("host", "bindable"),
    [
        ("nas_1.example.net.", True),
        ("ö.example.net", True),
        ("fe80::1%eth0", True),
        ("ö..net", False),
        ("a..net", False),
        ("ö" * 60, False),
        (".", False),
    ],
)
def test_a_name_that_no_system_takes_is_known_before_it_is_asked(
    host: str, *, bindable: bool
) -> None:
    assert addresses.is_bindable(host) is bindable


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("status.example.net", ("status.example.net", "")),
        ("Status.example.net:443", ("status.example.net", "443")),
        ("[::1]:8080", ("::1", "8080")),
        ("[::1]", ("::1", "")),
        ("::1", ("::1", "")),
        ("https://x", None),
        ("x/path", None),
        ("x:99999", None),
        ("x:y", None),
        ("a b", None),
        ("", None),
    ],
)
def test_a_host_and_its_port_come_apart(text: str, parts: tuple[str, str] | None) -> None:
    assert addresses.split_port(text) == parts


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Status.example.net/", "https://status.example.net"),
        ("https://status.example.net:443", "https://status.example.net"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:80", "http://[::1]"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("status.example.net", None),
        ("https://x/path", None),
        ("null", None),
    ],
)
def test_an_origin_is_spelled_as_browsers_send_it(text: str, origin: str | None) -> None:
    assert addresses.origin(text) == origin


def test_this_machine_knows_its_names() -> None:
    assert all(name and " " not in name for name in addresses.machine_names())
