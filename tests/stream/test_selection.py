from __future__ import annotations

from typing import Any

import pytest

from monserv.stream.selection import Selection, births, project

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
        (("metrics.cpu.cores", "status"), {"status": "online", "metrics": {"cpu": {"cores": 4}}}),
        (("metrics.cpu.cores", "metrics.disks"), {"metrics": STATE["metrics"]}),
        (("metrics.cpu.none", "metrics.nothing.of"), {"metrics": {"cpu": {}}}),
        (("metrics", "metrics.cpu.none"), {"metrics": STATE["metrics"]}),
        (("nothing", "status.nothing", "status.nothing.more"), {}),
    ],
)
def test_fields_are_names_or_paths_of_up_to_three(fields: tuple[str, ...], selected: Any) -> None:
    assert project(STATE, fields) == selected


@pytest.mark.parametrize(
    ("patch", "then", "selected"),
    [
        ({"metrics": {"disks": {"/": 2}}}, {"metrics": {}}, {}),
        ({"metrics": {"disks": {"/": 2}}}, {}, {"metrics": {}}),
        ({"metrics": {"cpu": None}}, {"metrics": {}}, {"metrics": {"cpu": None}}),
        ({"metrics": None}, {"metrics": {}}, {"metrics": None}),
        ({"metrics": "none"}, {"metrics": {}}, {"metrics": None}),
        (None, {}, None),
    ],
)
def test_a_patch_is_selected_from_like_the_state_that_it_changes(
    patch: Any, then: Any, selected: Any
) -> None:
    assert project(patch, ("metrics.cpu",), births(patch or {}, then)) == selected


@pytest.mark.parametrize(
    ("cpu", "then", "selected"),
    [
        ({"cores": 4}, {"metrics": {"cpu": {}}}, {}),
        ({"cores": 4}, {"metrics": {"cpu": "none"}}, {"metrics": {"cpu": {}}}),
        ({"cores": 4}, {"metrics": None}, {"metrics": {"cpu": {}}}),
        ({"used": 1, "cores": 4}, {"metrics": {"cpu": {}}}, {"metrics": {"cpu": {"used": 1}}}),
        ({"used": None}, {"metrics": {"cpu": {"used": 2}}}, {"metrics": {"cpu": {"used": None}}}),
        (None, {"metrics": {"cpu": {"used": 2}}}, {"metrics": {"cpu": None}}),
        ("none", {"metrics": {"cpu": {"used": 2}}}, {"metrics": {"cpu": None}}),
    ],
)
def test_so_it_is_within_a_field_of_a_field(cpu: Any, then: Any, selected: Any) -> None:
    patch = {"metrics": {"cpu": cpu}}

    assert project(patch, ("metrics.cpu.used",), births(patch, then)) == selected
