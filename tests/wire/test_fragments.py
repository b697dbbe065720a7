from __future__ import annotations

from dataclasses import replace

import pytest

from monserv.wire import resources
from monserv.wire.dashboard import dashboard
from monserv.wire.encoding import encode
from monserv.wire.fragments import Fragments
from tests.golden import world


def test_a_document_of_fragments_is_the_document() -> None:
    snapshot = world.SNAPSHOT
    document = dashboard(
        snapshot, snapshot.alerts, None, world.NOON, Fragments(resources.server).server
    )
    assert encode(document).decode() == world.text("dashboard.json")


def test_also_when_something_in_it_is_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    view = world.SNAPSHOT.servers["scadanas"]
    odd = replace(view, server=replace(view.server, description="half \ud800"))
    found = encode({"server": Fragments(resources.server).server(odd), "beside it": "\udc00"})
    expected = encode({"server": resources.server(odd), "beside it": "\udc00"})
    assert found == expected
    assert b"\xef\xbf\xbd" in found


def test_a_server_is_encoded_when_it_changed_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = world.SNAPSHOT.servers["scadanas"]
    encoded: list[str] = []
    show = resources.server
    monkeypatch.setattr(resources, "server", lambda seen: encoded.append(seen.reason) or show(seen))
    fragments = Fragments(resources.server)
    changed = replace(view, reason="paused")
    for each in (view, view, changed, changed):
        fragments.server(each)
    assert encoded == [None, "paused"]


def test_what_is_watched_no_more_is_forgotten() -> None:
    fragments = Fragments(resources.server)
    for view in world.SNAPSHOT.servers.values():
        fragments.server(view)
    fragments.forget_others({"mail"})
    assert list(fragments._kept) == ["mail"]
