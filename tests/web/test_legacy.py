from __future__ import annotations

from dataclasses import replace

import pytest

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
