from __future__ import annotations

from typing import Any

import pytest

from monserv.stream.selection import Selection, project

BERLIN, LINZ, NONE = frozenset({"berlin"}), frozenset({"linz"}), frozenset[str]()


@pytest.mark.parametrize(
    ("selection", "seen"),
    [
        (Selection(), ["nas in berlin", "mail in linz", "web"]),
        (Selection(view=BERLIN), ["nas in berlin"]),
        (Selection(servers=frozenset({"web"})), ["web"]),
        (Selection(tags=LINZ), ["mail in linz"]),
        (Selection(servers=frozenset({"web"}), tags=LINZ), ["mail in linz", "web"]),
        (Selection(view=BERLIN, servers=frozenset({"web", "nas"}), tags=LINZ), ["nas in berlin"]),
        (Selection(view=BERLIN, tags=LINZ), []),
    ],
)
def test_a_server_is_seen_when_it_is_named_or_tagged_and_never_beyond_the_view(
    selection: Selection, seen: list[str]
) -> None:
    servers = {"nas": BERLIN, "mail": LINZ, "web": NONE}
    found = [name for name, tags in servers.items() if selection.selects(name, tags)]

    assert found == [one.split(" ")[0] for one in seen]


STATE = {"status": "online", "metrics": {"cpu": {"cores": 4}, "disks": {"/": 1}}}


@pytest.mark.parametrize(
    ("fields", "selected"),
    [
        (("status",), {"status": "online"}),
        (("metrics.cpu",), {"metrics": {"cpu": {"cores": 4}}}),
        (("metrics.cpu", "metrics.disks"), {"metrics": STATE["metrics"]}),
        (("metrics.nothing",), {"metrics": {}}),
        (("nothing", "status.nothing"), {}),
    ],
)
def test_fields_are_names_or_paths_of_two(fields: tuple[str, ...], selected: Any) -> None:
    assert project(STATE, fields) == selected


@pytest.mark.parametrize(
    ("patch", "born", "selected"),
    [
        ({"metrics": {"disks": {"/": 2}}}, set(), {}),
        ({"metrics": {"disks": {"/": 2}}}, {"metrics"}, {"metrics": {}}),
        ({"metrics": {"cpu": None}}, set(), {"metrics": {"cpu": None}}),
        ({"metrics": None}, set(), {"metrics": None}),
        ({"metrics": "none"}, set(), {"metrics": None}),
        (None, set(), None),
    ],
)
def test_a_patch_is_selected_from_like_the_state_that_it_changes(
    patch: Any, born: set[str], selected: Any
) -> None:
    assert project(patch, ("metrics.cpu",), frozenset(born)) == selected
