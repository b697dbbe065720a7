from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monserv.model.access import Access, Role
from monserv.model.snapshot import ServerView
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


def test_who_does_not_see_its_jump_server_has_a_text_of_his_own_which_is_kept_as_well() -> None:
    server = replace(world.SCADANAS, jump="bastion", tags=("berlin",))
    view = replace(world.SNAPSHOT.servers["scadanas"], server=server)
    limited = Access("", Role.VIEWER, frozenset({"berlin"}))
    encoded: list[str] = []

    def show(seen: ServerView) -> dict[str, Any]:
        encoded.append(resources.server(seen)["jump"])
        return resources.server(seen)

    fragments = Fragments(show)
    for _ in range(3):
        fragments.server(view)
        fragments.server(view.seen_by(limited))
    assert encoded == ["bastion", ""]
    fragments.server(replace(view, reason="paused").seen_by(limited))
    assert encoded == ["bastion", "", ""]


def test_what_is_watched_no_more_is_forgotten() -> None:
    fragments = Fragments(resources.server)
    for view in world.SNAPSHOT.servers.values():
        fragments.server(view)
    fragments.forget_others({"mail"})
    assert list(fragments._kept) == [("mail", False)]
