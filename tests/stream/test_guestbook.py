"""The log says why clients go, and why there is no place, as often as it can bear."""

from __future__ import annotations

import logging

import pytest

from tests.stream.conftest import BuildHouse
from tests.stream.peer import CLOSE, masked, until_closed
from tests.waiting import eventually


def test_who_leaves_is_a_line_for_debugging_and_who_is_closed_one_now_and_then(
    build_house: BuildHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "monserv.stream.guestbook")
    house = build_house()
    for number in range(22):
        peer = house.connect(address="192.0.2.7")
        peer.send(masked(CLOSE) if number == 0 else b"\xff\xff")
        until_closed(peer)
        assert eventually(house.is_empty)
    assert eventually(lambda: len(caplog.records) == 22)

    ending = "0 bytes sent, 0 frames queued, 0 conflated"
    assert caplog.messages[:2] == [
        f"client from 192.0.2.7 closed: peer; {ending}",
        f"client from 192.0.2.7 closed: violation (reserved bit set); {ending}",
    ]
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.DEBUG, *[logging.INFO] * 20, logging.DEBUG]


def test_the_log_says_now_and_then_why_nobody_is_let_in(
    build_house: BuildHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house = build_house(max_clients=1)
    house.connect()
    for _ in range(50):
        house.hub.has_room("192.0.2.7")

    line = "no place for a client from 192.0.2.7: 1 of 1 places are taken"
    assert caplog.messages == [f"{line}, and one address may have 1"] * 2
