from __future__ import annotations

import random
from collections import deque
from datetime import timedelta

import orjson
import pytest

from monserv.model.trend import Past, TrendPoint
from monserv.wire import resources
from monserv.wire.encoding import encode
from monserv.wire.pasts import Pasts
from tests.golden import world


def point(number: int) -> TrendPoint:
    at = world.NOON + timedelta(milliseconds=4001 * number)
    return TrendPoint(at, number % 101 if number % 7 else None, float("nan"))


class Ring:
    """Points that make room for newer ones, as ``Trends`` keeps them."""

    def __init__(self, length: int) -> None:
        self.points: deque[TrendPoint] = deque(maxlen=length)
        self.number, self.added = 1, 0

    def add(self, one: TrendPoint) -> None:
        self.points.append(one)
        self.added += 1

    def renew(self) -> None:
        self.points.clear()
        self.number, self.added = self.number + 1, 0

    def past(self, _server_id: str, mark: tuple[int, int] | None) -> Past:
        is_known = mark is not None and mark[0] == self.number
        new = min(self.added - (mark[1] if mark and is_known else 0), len(self.points))
        points = tuple(self.points)[len(self.points) - new :]
        return Past((self.number, self.added), len(self.points), points)


@pytest.mark.parametrize("seed", range(5))
def test_a_past_that_goes_on_is_what_it_would_be_encoded_anew(seed: int) -> None:
    chance = random.Random(seed)
    ring, pasts, number = Ring(5), Pasts(), 0
    for _ in range(200):
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4, 5, 6, 12))):
            ring.add(point(number))
            number += 1
        if chance.random() < 0.05:
            ring.renew()
        shown = encode({"nas": pasts.trend("nas", ring.past)})
        assert shown == encode({"nas": resources.trend(ring.points)})


def test_a_point_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    show = resources.trend
    monkeypatch.setattr(resources, "trend", lambda past: encoded.append(len(past)) or show(past))
    ring, pasts = Ring(225), Pasts()
    for last in (225, 225, 226, 230):
        while ring.added < last:
            ring.add(point(ring.added))
        pasts.trend("nas", ring.past)
    assert encoded == [225, 0, 1, 4]


def test_each_server_has_its_own_and_who_is_gone_has_none() -> None:
    pasts, nas, mail = Pasts(), Ring(3), Ring(3)
    nas.add(point(0))
    mail.add(point(1))
    mail.add(point(2))
    for _ in range(2):
        assert orjson.loads(orjson.dumps(pasts.trend("nas", nas.past)))["points"][0][1] is None
        assert len(orjson.loads(orjson.dumps(pasts.trend("mail", mail.past)))["points"]) == 2
    pasts.forget_others({"mail"})
    assert list(pasts._kept) == ["mail"]
