from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import g

from monserv.model.access import Access, Role
from tests.golden import world
from tests.web.site import Site

STATE = "/api/state"


def test_the_state_is_a_bare_object_as_scripts_have_always_read_it(site: Site) -> None:
    answer = site.get(STATE)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.text == world.text("state.json")


def test_without_any_sample_the_state_is_an_empty_object(site: Site) -> None:
    site.runtime.state.now = replace(world.SNAPSHOT, servers={})
    assert site.get(STATE).text == "{}"


@pytest.mark.parametrize(
    "condition", ["{tag}", "W/{tag}", '"x", {tag}', 'W/"x", W/{tag}, "y"', "*"]
)
def test_who_has_this_state_already_is_not_sent_it_again(site: Site, condition: str) -> None:
    tag = site.get(STATE).headers["ETag"]
    answer = site.get(STATE, If_None_Match=condition.format(tag=tag))
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("condition", ['"x"', 'W/"x"', "", "x", '"', ",,,", "W/"])
def test_who_has_another_state_gets_this_one(site: Site, condition: str) -> None:
    answer = site.get(STATE, If_None_Match=condition)
    assert (answer.status_code, answer.text) == (200, world.text("state.json"))


def test_the_etag_changes_with_the_state_and_with_the_process(site: Site) -> None:
    first = site.get(STATE).headers["ETag"]
    assert site.get(STATE).headers["ETag"] == first

    site.runtime.state.now = replace(world.SNAPSHOT, version=world.SNAPSHOT.version + 1)
    second = site.get(STATE, If_None_Match=first)
    assert second.status_code == 200

    site.runtime.epoch = "e2"
    third = site.get(STATE, If_None_Match=second.headers["ETag"])
    assert third.status_code == 200
    assert len({first, second.headers["ETag"], third.headers["ETag"]}) == 3


def test_head_is_get_without_its_body(site: Site) -> None:
    head, get = site.ask("HEAD", STATE), site.get(STATE)
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


TEST_ALERT = "/api/test-alert"
PUSHED = {"alert_type": "recovery", "subject": "[RECOVERED] x", "message": "Memory back to 65.0%"}


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"]
)
def test_a_test_alert_is_pushed_to_the_clients_whatever_type_its_body_has(
    site: Site, kind: str
) -> None:
    answer = site.post(TEST_ALERT, PUSHED, Content_Type=kind)
    assert (answer.status_code, answer.json) == (
        200,
        {
            "status": "sent",
            "type": "recovery",
            "subject": "[RECOVERED] x",
            "message": "Memory back to 65.0%",
        },
    )
    assert [json.loads(event) for event in site.runtime.hub.events] == [{"type": "alert"} | PUSHED]
    assert site.runtime.hub.is_for(frozenset({"linz"}))
    assert site.runtime.notifier.tried == []


def test_who_is_limited_to_tags_pushes_a_test_alert_to_those_who_see_his_servers(
    site: Site,
) -> None:
    views = [frozenset(tags) for tags in ((), ("berlin",), ("linz",))]

    def limit() -> None:
        g.access = Access("somebody", Role.OPERATOR, frozenset({"berlin"}))

    site.app.before_request(limit)
    site.post(TEST_ALERT, PUSHED)
    assert [site.runtime.hub.is_for(view) for view in views] == [True, True, False]


def test_a_test_alert_without_words_has_sensible_ones(site: Site) -> None:
    answer = site.post(TEST_ALERT, {})
    assert answer.json == {
        "status": "sent",
        "type": "alert",
        "subject": "[ALERT] test",
        "message": "This is a test alert",
    }


@pytest.mark.parametrize(
    ("body", "status", "names"),
    [
        (b"", 400, ["json"]),
        (b"{", 400, ["json"]),
        (b"\xff", 400, ["json"]),
        (b"[1]", 422, ["_schema"]),
        ({"alert_type": "panic"}, 422, ["alert_type"]),
        ({"alert_type": None}, 422, ["alert_type"]),
        ({"subject": 3, "message": []}, 422, ["message", "subject"]),
        ({"subject": ""}, 422, ["subject"]),
        ({"subject": "x" * 201}, 422, ["subject"]),
        ({"message": "x" * 2001}, 422, ["message"]),
    ],
)
def test_a_test_alert_that_makes_no_sense_is_pushed_to_nobody(
    shared_site: Site, body: object, status: int, names: list[str]
) -> None:
    answer = shared_site.post(TEST_ALERT, body)
    assert answer.status_code == status
    assert answer.json is not None
    assert sorted(answer.json["errors"]) == names
    assert shared_site.runtime.hub.events == []
