from __future__ import annotations

from monserv.model.access import EVERYBODY, Access, Role
from tests.golden import world


def test_without_tags_the_very_snapshot_is_seen() -> None:
    assert world.SNAPSHOT.seen_by(EVERYBODY) is world.SNAPSHOT


def test_with_tags_servers_without_them_and_their_alerts_are_not_seen() -> None:
    seen = world.SNAPSHOT.seen_by(Access("ada", Role.VIEWER, frozenset({"berlin"})))
    assert list(seen.servers) == [world.SCADANAS.id]
    assert {alert.server_id for alert in seen.alerts} == {world.SCADANAS.id}
    assert world.SNAPSHOT.seen_by(Access("ada", Role.VIEWER, frozenset({"x"}))).alerts == ()
