"""Clients that come and go leave nothing that only the search for garbage would free."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

from tests.stream.conftest import House
from tests.stream.peer import CLOSE, PING, TEXT, masked
from tests.waiting import eventually

CLIENTS = 3
STATE = b'"%s"' % (b"x" * 50_000)


def close(house: House) -> None:
    peer = house.connect()
    peer.send(masked(CLOSE, b"\x03\xe8"))
    peer.frames()
    peer.sock.close()


def vanish(house: House) -> None:
    house.connect(window_bits=15).sock.close()


def flood(house: House) -> None:
    peer = house.connect()
    peer.send(*[masked(PING)] * 101)
    assert [each.opcode for each in peer.frames()][-1] == CLOSE
    peer.sock.close()


def stall(house: House) -> None:
    peer = house.connect(4096)
    for _ in range(3):
        house.hub.publish_state(STATE)
    peer.sock.close()


def subscribe(house: House) -> None:
    peer = house.subscribe(window_bits=15, remembers=True)
    peer.send(masked(TEXT, b'{"type":"subscribe","min_interval_seconds":5}'))
    peer.texts(2)
    peer.sock.close()


def lag(house: House) -> None:
    house.hub.channel._starts._max_bytes = 0
    peer = house.subscribe(4096)
    peer.send(masked(TEXT, b'{"type":"subscribe"}'))
    peer.texts(1)
    peer.sock.close()


def listen(house: House) -> None:
    house.listen().sock.close()


@pytest.mark.parametrize("visit", [close, vanish, flood, stall, subscribe, lag, listen])
def test_who_comes_and_goes_leaves_no_cycle(house: House, visit: Callable[[House], None]) -> None:
    visit(house)  # what is made once is there
    assert eventually(house.is_empty)
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(CLIENTS):
            visit(house)
            assert eventually(house.is_empty)
        house.forget()
        gc.collect()
        left = [type(each) for each in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert [each.__qualname__ for each in left if each.__module__.startswith("monserv.")] == []
