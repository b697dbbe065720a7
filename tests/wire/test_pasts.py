from __future__ import annotations

import random
from collections import deque
from datetime import timedelta

import orjson
import pytest

from monserv.model.trend import TrendPoint
from monserv.wire import resources
from monserv.wire.encoding import encode
from monserv.wire.pasts import Pasts
from tests.golden import world


def point(number: int) -> TrendPoint:
    at = world.NOON + timedelta(milliseconds=4001 * number)
    return TrendPoint(at, number % 101 if number % 7 else None, float("nan"))


@pytest.mark.parametrize("seed", range(5))
def test_a_past_that_goes_on_is_what_it_would_be_encoded_anew(seed: int) -> None:
    chance = random.Random(seed)
    ring: deque[TrendPoint] = deque(maxlen=5)
    pasts, number = Pasts(), 0
    for _ in range(200):
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4, 5, 6, 12))):
            ring.append(point(number))
            number += 1
        if chance.random() < 0.05:
            ring.clear()
        shown = encode({"nas": pasts.trend("nas", tuple(ring))})
        assert shown == encode({"nas": resources.trend(ring)})


def test_a_point_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    show = resources.trend
    monkeypatch.setattr(resources, "trend", lambda past: encoded.append(len(past)) or show(past))
    points = [point(number) for number in range(300)]
    pasts = Pasts()
    for last in (225, 225, 226, 230):
        pasts.trend("nas", tuple(points[last - 225 : last]))
    assert encoded == [225, 0, 1, 4]


def test_each_server_has_its_own_and_who_is_gone_has_none() -> None:
    pasts = Pasts()
    nas, mail = (point(0),), (point(1), point(2))
    for _ in range(2):
        assert orjson.loads(orjson.dumps(pasts.trend("nas", nas)))["points"][0][1] is None
        assert len(orjson.loads(orjson.dumps(pasts.trend("mail", mail)))["points"]) == 2
    pasts.forget_others({"mail"})
    assert list(pasts._kept) == ["mail"]
