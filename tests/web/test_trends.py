from __future__ import annotations

import math

import pytest

from monserv.model.trend import TrendPoint
from tests.golden import world
from tests.web.site import Site

TRENDS = "/api/v1/trends"


def test_the_trends_of_all_servers_are_there_gaps_included(site: Site) -> None:
    answer = site.get(TRENDS)
    assert (answer.status_code, answer.text) == (200, world.text("trends.json"))


@pytest.mark.parametrize("server_id", ["scadanas", "mail"])
def test_the_trend_of_one_server_can_be_asked_for(site: Site, server_id: str) -> None:
    everything = world.load("trends.json")["data"]["trends"]
    assert site.document(f"{TRENDS}?server={server_id}") == {
        "success": True,
        "message": "Trends of 1 server",
        "data": {"trends": {server_id: everything[server_id]}},
    }


def test_the_trends_of_some_servers_can_be_asked_for_and_who_is_gone_is_left_out(
    site: Site,
) -> None:
    everything = world.load("trends.json")["data"]["trends"]
    answer = site.document(f"{TRENDS}?server=mail,nobody,scadanas")
    assert answer["message"] == "Trends of 2 servers"
    assert answer["data"] == {"trends": {name: everything[name] for name in ("mail", "scadanas")}}


def test_an_empty_server_is_no_filter(site: Site) -> None:
    assert site.get(f"{TRENDS}?server=").text == world.text("trends.json")


@pytest.mark.parametrize("server_id", ["nobody", "Scadanas", "%00", "local://", "../x"])
def test_the_trend_of_an_unknown_server_is_404(site: Site, server_id: str) -> None:
    answer = site.get(f"{TRENDS}?server={server_id}")
    assert answer.status_code == 404
    assert answer.json == {
        "success": False,
        "error": "No server has this id.",
        "code": 404,
        "errors": {},
    }


@pytest.mark.parametrize("query", ["minutes=5", "server=" + "a" * 4097])
def test_what_cannot_be_asked_is_422(site: Site, query: str) -> None:
    assert site.get(f"{TRENDS}?{query}").status_code == 422


def test_a_point_that_is_no_number_is_a_gap(site: Site) -> None:
    site.runtime.trends.rings = {"mail": (TrendPoint(world.NOON, math.nan, math.inf),)}
    points = site.document(f"{TRENDS}?server=mail")["data"]["trends"]["mail"]["points"]
    assert points == [["2026-01-01T12:00:00Z", None, None]]
