"""Names: those that nobody answers keep no thread from the others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from monserv.errors import PollError
from monserv.offload import blocking
from monserv.ssh import names as naming
from monserv.ssh.names import Names
from tests.waiting import eventually

FOUND = [(socket.AF_INET, ("192.0.2.1", 22))]
THREADS = 2


class Resolver:
    """Says nothing of a name that begins so, until it may; looks no name up."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = False

    def getaddrinfo(self, name: bytes, port: int, **_: Any) -> list[Any]:
        host = name.decode()
        self.asked.append(host)
        # The plain one: this is a thread of the system's wherever it runs.
        sleep = blocking("time", "sleep")
        while host.startswith("silent") and not self.may_answer:
            sleep(0.01)
        return [(family, socket.SOCK_STREAM, 6, "", address) for family, address in FOUND]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    found = Resolver()
    monkeypatch.setattr(naming, "LOOK_UPS", THREADS)
    monkeypatch.setattr(naming, "blocking", lambda _module, _name: found.getaddrinfo)
    yield found
    found.may_answer = True


@pytest.fixture
def names(resolver: Resolver) -> Iterator[Names]:
    known = Names()
    yield known
    resolver.may_answer = True
    known.stop()


def occupy(names: Names) -> None:
    """Ask for as many silent names as there are threads."""
    assert is_late(names, "silent1")
    assert is_late(names, "silent2")


def is_late(names: Names, host: str) -> bool:
    with pytest.raises(PollError, match=f"The name {host} was not resolved in time"):
        names.addresses(host, 22, 0.2)
    return True


def ends(resolver: Resolver, names: Names) -> None:
    """Let the resolver give up all that it is asked."""
    resolver.may_answer = True
    assert eventually(lambda: not names._under_way)
    resolver.may_answer = False


def test_names_that_were_silent_once_keep_no_thread_from_the_others(
    names: Names, resolver: Resolver
) -> None:
    for _ in range(2):
        occupy(names)
        ends(resolver, names)
    occupy(names)
    assert names.addresses("nas", 22, 30) == FOUND


def test_a_name_that_is_still_asked_for_is_not_asked_for_again(
    names: Names, resolver: Resolver
) -> None:
    for _ in range(3):
        assert is_late(names, "silent1")
    assert resolver.asked == ["silent1"]
    ends(resolver, names)
    resolver.may_answer = True
    assert names.addresses("silent1", 22, 30) == FOUND


def test_a_name_that_found_no_thread_is_not_taken_for_a_silent_one(
    names: Names, resolver: Resolver
) -> None:
    occupy(names)
    assert is_late(names, "nas")
    ends(resolver, names)
    occupy(names)
    assert names.addresses("nas", 22, 30) == FOUND


def test_a_name_that_is_answered_again_is_one_of_the_others(
    names: Names, resolver: Resolver
) -> None:
    assert is_late(names, "silent1")
    ends(resolver, names)
    resolver.may_answer = True
    assert names.addresses("silent1", 22, 30) == FOUND
    assert names._silent == set()
