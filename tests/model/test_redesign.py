"""What changes make of a server, and above all of its credentials."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monserv.errors import UnfitChange
from monserv.model.changes import Changes
from monserv.model.redesign import changed, made
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Reach, Server, Source

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 1, 2, 12, tzinfo=UTC)
OLD, NEW = Secret("old"), Secret("new")


def nas(**more: object) -> Server:
    changes = Changes(host="nas", username="joe", password=OLD)
    return made({**changes, **more}, "joe-nas", NOW)  # type: ignore[typeddict-item]  # what a test names


def test_a_new_server_is_named_after_its_host_and_reached_at_port_22() -> None:
    server = nas()
    assert (server.name, server.port, server.url) == ("nas", 22, "ssh://joe:***@nas")
    assert (server.source, server.is_active) == (Source.MANAGED, True)
    assert (server.created_at, server.updated_at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        (Changes(host="fe80::1%eth0"), "ssh://joe:***@[fe80::1%eth0]"),
        (Changes(port=2222), "ssh://joe:***@nas:2222"),
        (Changes(username="a@b:c"), "ssh://a%40b%3Ac:***@nas"),
        (Changes(password=None), "ssh://joe@nas"),
    ],
)
def test_the_url_is_the_masked_one(changes: Changes, url: str) -> None:
    assert nas(**changes).url == url


@pytest.mark.parametrize(
    "changes",
    [Changes(host="other"), Changes(port=23), Changes(username="root"), Changes(jump="bastion")],
)
def test_another_host_port_user_or_jump_drops_the_credentials_and_needs_them_again(
    changes: Changes,
) -> None:
    for before in (
        nas(),
        replace(nas(), credentials=Credentials(key_path="/k")),
        replace(nas(), credentials=Credentials(problem="The credentials cannot be decrypted")),
    ):
        with pytest.raises(UnfitChange, match="needs the password or key again") as refused:
            changed(before, changes, LATER)
        assert refused.value.field == "password"
        after = changed(before, {**changes, "password": NEW}, LATER)
        assert after.credentials == Credentials(NEW)
        assert (after.id, after.created_at, after.updated_at) == ("joe-nas", NOW, LATER)


def test_where_nothing_was_stored_nothing_is_needed() -> None:
    bare = nas(password=None)
    assert changed(bare, Changes(host="other"), LATER).url == "ssh://joe@other"


def test_the_case_of_a_host_is_no_other_host() -> None:
    after = changed(nas(), Changes(host="NAS"), LATER)
    assert (after.credentials, after.url) == (Credentials(OLD), "ssh://joe:***@NAS")


def test_an_absent_password_stays_a_new_one_replaces_it_and_null_takes_it_away() -> None:
    assert changed(nas(), Changes(name="x"), LATER).credentials == Credentials(OLD)
    assert changed(nas(), Changes(password=NEW), LATER).credentials == Credentials(NEW)
    assert changed(nas(), Changes(password=None), LATER).credentials == Credentials()
    assert changed(nas(), Changes(key="/k"), LATER).credentials == Credentials(OLD, "/k")


def test_a_password_that_cannot_be_decrypted_is_a_problem_until_it_is_given_anew() -> None:
    closed = replace(nas(), credentials=Credentials(problem="closed"))
    assert changed(closed, Changes(name="x"), LATER).credentials.problem == "closed"
    assert changed(closed, Changes(name="x"), LATER).url == "ssh://joe:***@nas"
    assert changed(closed, Changes(password=NEW), LATER).credentials == Credentials(NEW)


@pytest.mark.parametrize("field", ["host", "port", "username", "password", "key"])
def test_this_machine_has_no_login_to_change(field: str) -> None:
    here = made(Changes(reach=Reach.LOCAL, host="localhost", username="joe"), "local", NOW)
    assert here.url == "local://"
    with pytest.raises(UnfitChange) as refused:
        changed(here, {field: "x"}, LATER)  # type: ignore[misc]  # a field of it
    assert refused.value.field == field


def test_a_server_that_nobody_named_follows_its_host() -> None:
    bare = nas(password=None)
    assert changed(bare, Changes(host="other"), LATER).name == "other"
    assert changed(replace(bare, name="mine"), Changes(host="other"), LATER).name == "mine"
