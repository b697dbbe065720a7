"""Servers of a file are shown before anybody adds one, and nothing of it is stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden import world
from tests.web.described import OPERATIONS, flaws, media
from tests.web.site import Site

PREVIEW = "/api/v1/import/preview"
CONFIG = """
Host nas
  HostName 10.0.0.3
  Port 2222
  User scada
Host new
  ProxyJump nas
Host odd/name
  User x
Host *.lan
"""
INVENTORY = f"nas ansible_password={world.CANARY}\n"


def rows(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    schema = media(OPERATIONS[f"POST {PREVIEW}"], "200")["schema"]
    assert flaws(schema, answer.json) == []
    return {row["name"]: row for row in answer.json["data"]["servers"]}


def test_a_file_is_shown_as_servers_with_what_is_known_and_what_is_wrong(site: Site) -> None:
    answer = site.post(PREVIEW, {"text": CONFIG})
    found = rows(answer)
    assert [(row["known"], row["problem"]) for row in found.values()] == [
        ("scadanas", ""),
        (None, "It names no user."),
        (
            None,
            "host: Must be a host name or an address alone, without ssh://, user, port or path.",
        ),
    ]
    assert (found["new"]["jump"], found["new"]["host"]) == ("nas", "new")
    assert answer.json is not None
    assert answer.json["data"]["remarks"] == ["Host *.lan is a pattern, and no server."]
    assert answer.json["message"] == "3 servers, 1 of them is watched already"
    assert site.runtime.store.taken == []


def test_who_is_named_nowhere_is_whom_the_person_names(site: Site) -> None:
    found = rows(site.post(PREVIEW, {"text": CONFIG, "username": "root"}))
    assert {name: row["username"] for name, row in found.items()} == {
        "nas": "scada",
        "new": "root",
        "odd/name": "x",
    }
    assert found["new"]["problem"] == ""


def test_a_password_in_the_file_is_told_of_and_not_shown(site: Site) -> None:
    answer = site.post(PREVIEW, {"text": INVENTORY})
    assert rows(answer)["nas"]["remarks"] == ["A password stands in the file, and is not taken."]
    assert world.CANARY not in answer.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "Port x\n", "kind": "ssh_config"}, 422),
        ({"text": ""}, 422),
        ({"text": "x" * (256 * 1024 + 1)}, 422),
        ({"text": "x" * (1024 * 1024)}, 413),
        ({"text": "nas", "kind": "toml"}, 422),
        ({"text": 3}, 422),
        ({"text": "nas", "more": 1}, 422),
        ({}, 422),
        (b"{", 400),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_sentence(site: Site, body: Any, code: int) -> None:
    answer = site.post(PREVIEW, body)
    assert answer.status_code == code
    assert answer.json is not None
    assert answer.json["error"]


def test_a_file_may_be_longer_than_a_form(site: Site) -> None:
    text = "".join(f"Host nas-{i}\n  User joe\n  # {'x' * 200}\n" for i in range(900))
    assert len(rows(site.post(PREVIEW, {"text": text}))) == 900
