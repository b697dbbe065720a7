from __future__ import annotations

from monserv.web.doors import DOORS
from tests.web.site import Site


def test_every_route_has_its_door_and_every_door_its_route() -> None:
    assert {rule.endpoint for rule in Site().app.url_map.iter_rules()} == set(DOORS)
