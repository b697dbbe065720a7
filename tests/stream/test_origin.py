from __future__ import annotations

import pytest

from monserv.stream.origin import is_this_machine, place


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_all_addresses_that_one_client_could_take_are_one_place(
    address: str, expected: str
) -> None:
    assert place(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("", True),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
    ],
)
def test_a_proxy_on_this_machine_comes_from_loopback_or_a_socket(
    address: str, expected: bool
) -> None:
    assert is_this_machine(address) is expected
