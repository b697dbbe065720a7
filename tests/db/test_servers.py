"""What is stored of servers: whole or not at all, and no password in clear."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from monserv.db import servers as rows
from monserv.db.engine import Database
from monserv.db.servers import ServerStore
from monserv.db.vault import Vault
from monserv.errors import KeyFileError, StorageError, StorageTimeout
from monserv.model.changes import Changes
from monserv.model.redesign import changed, made
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Server, Source
from monserv.settings.servers import this_machine
from tests.db.world import NOON, Locker, Place

CANARY = "c4n4ry:p@ss/w ö"


def nas(number: int = 1) -> Server:
    changes = Changes(
        host=f"nas{number}",
        username="joe",
        password=Secret(CANARY),
        tags=("a", "b"),
        description="one\ntwo",
        latitude=52.5,
    )
    return made(changes, f"joe-nas{number}", NOON)


@pytest.fixture
def vault(place: Place) -> Vault:
    return Vault(place.path.with_name("secrets.key"))


@pytest.fixture
def store(database: Database, vault: Vault) -> ServerStore:
    return ServerStore(database, vault)


def everything_beside(place: Place) -> Iterator[bytes]:
    for path in place.path.parent.iterdir():
        yield path.read_bytes()


def test_a_new_database_has_no_servers_and_says_so_once(store: ServerStore) -> None:
    assert store.load() == rows.Stored((), frozenset(), is_new=True)
    store.begin(None, NOON)
    assert store.load().is_new is False


def test_this_machine_is_stored_at_the_first_start_alone(store: ServerStore) -> None:
    here = replace(this_machine("joe"), source=Source.MANAGED, created_at=NOON, updated_at=NOON)
    store.begin(here, NOON)
    store.begin(here, NOON)
    assert store.load().servers == (here,)
    store.remove("local")
    store.begin(here, NOON)
    assert store.load().servers == ()


def test_servers_come_back_as_they_were_in_their_order(store: ServerStore) -> None:
    for number in (2, 1, 3):
        store.add(nas(number))
    store.change(replace(nas(1), name="x", is_active=False), has_new_password=False)
    store.remove("joe-nas3")
    store.remove("joe-nas3")
    assert store.load().servers == (nas(2), replace(nas(1), name="x", is_active=False))


def test_no_password_lies_in_clear_in_any_file(store: ServerStore, place: Place) -> None:
    store.add(nas())
    store.change(nas(), has_new_password=True)
    spellings = {
        CANARY,
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode(),
        json.dumps(CANARY)[1:-1],
        repr(CANARY)[1:-1],
    }
    for content in everything_beside(place):
        for spelling in spellings:
            assert spelling.encode() not in content


def test_a_token_in_another_row_opens_nothing(store: ServerStore, place: Place) -> None:
    store.add(nas(1))
    place.ask("UPDATE servers SET host = 'elsewhere', known_as = 'joe@elsewhere:22'")
    (server,) = store.load().servers
    assert server.credentials == Credentials(
        problem="The credentials cannot be decrypted: they were stored for another server or way"
    )


def test_a_password_for_one_way_opens_on_no_other(store: ServerStore, place: Place) -> None:
    held = replace(nas(1).credentials, way="bastion>")
    behind = replace(nas(1), jump="joe-bastion", credentials=held)
    store.add(behind)
    assert store.load().servers == (behind,)
    # What is not written anew stays sealed for the way that it had.
    store.change(replace(behind, name="x"), has_new_password=False)
    assert store.load().servers == (replace(behind, name="x"),)
    for way in ("", "elsewhere>"):
        place.ask(f"UPDATE servers SET way = '{way}'")
        (server,) = store.load().servers
        assert server.credentials.password is None
        assert "for another server or way" in (server.credentials.problem or "")


def test_without_the_key_file_each_server_says_so_and_the_others_are_whole(
    store: ServerStore, vault: Vault
) -> None:
    store.add(nas(1))
    store.add(replace(nas(2), credentials=Credentials(key_path="/key")))
    vault.path.rename(vault.path.with_name("away"))
    first, second = store.load().servers
    problem = first.credentials.problem
    assert problem is not None
    assert problem.startswith(f"The credentials cannot be decrypted: the key file {vault.path} is")
    assert first.url == "ssh://joe:***@nas1"
    assert second.credentials == Credentials(key_path="/key")
    with pytest.raises(KeyFileError, match="is missing"):
        store.add(nas(3))
    assert len(store.load().servers) == 2
    vault.path.with_name("away").rename(vault.path)
    assert store.load().servers[0] == nas(1)


def test_two_rows_for_one_user_host_and_port_are_refused(store: ServerStore) -> None:
    store.add(nas(1))
    with pytest.raises(StorageError):
        store.add(replace(nas(1), id="other"))
    assert store.load().servers == (nas(1),)


def test_what_timed_out_is_not_stored_later(
    store: ServerStore, locker: Locker, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin(None, NOON)
    monkeypatch.setattr(rows, "WRITE_SECONDS", 0.1)
    locker.lock()
    with pytest.raises(StorageTimeout):
        store.add(nas())
    locker.unlock()
    monkeypatch.setattr(rows, "WRITE_SECONDS", 5)
    store.add(nas(2))
    assert store.load().servers == (nas(2),)


def test_servers_from_settings_stay_paused(store: ServerStore) -> None:
    store.pause("one", NOON)
    store.pause("one", NOON)
    store.pause("two", NOON)
    store.resume("two")
    store.resume("two")
    assert store.load().paused == {"one"}


def test_a_key_path_is_kept_without_a_password(store: ServerStore) -> None:
    store.add(nas())
    after = changed(nas(), Changes(password=None, key="/k"), NOON)
    store.change(after, has_new_password=True)
    assert store.load().servers[0].credentials == Credentials(key_path="/k")
