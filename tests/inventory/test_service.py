"""The row first, then the running object; and the two never disagree."""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monserv import farewells
from monserv.clock import SystemClock
from monserv.db.servers import ServerStore
from monserv.deltas import Items
from monserv.errors import (
    BeyondAccess,
    KeyFileError,
    ServerConflict,
    StorageError,
    StorageTimeout,
    UnfitChange,
    UnknownServer,
)
from monserv.inventory import objections, turn
from monserv.model.access import EVERYBODY, Access, Role
from monserv.model.alert import AlertType
from monserv.model.changes import Changes
from monserv.model.secret import Secret
from monserv.model.server import Reach, Server, Source
from monserv.model.settings import Settings
from monserv.model.snapshot import ServerView
from monserv.runtime import Runtime
from monserv.wire import resources
from tests.db.world import Place
from tests.samples import polled, sample
from tests.waiting import eventually

CANARY = "c4n4ry"
NAS = Server("joe-nas", "nas", Reach.SSH, "127.0.0.1", 1, "joe", "ssh://joe:***@127.0.0.1:1")
LOCAL = Server("local", "this machine", Reach.LOCAL, "localhost", 22, "", "local://")
BERLIN = Access("b", Role.OPERATOR, frozenset({"berlin"}))


class House:
    """A runtime that can be started again on the same data."""

    def __init__(self, place: Place) -> None:
        self.folder = place.path.parent
        self.url = place.url
        self._running: list[Runtime] = []

    def start(self, *servers: Server) -> Runtime:
        self.stop()
        # Long enough that nothing is polled twice.
        settings = Settings(self.folder, self.url, servers=servers, poll_interval_seconds=30.0)
        runtime = Runtime(settings, SystemClock())
        self._running.append(runtime)
        runtime.start()
        return runtime

    def stop(self) -> None:
        while self._running:
            self._running.pop().stop(5)


@pytest.fixture
def house(place: Place) -> Iterator[House]:
    house = House(place)
    yield house
    house.stop()


def new(host: str = "127.0.0.1", **more: object) -> Changes:
    changes = Changes(host=host, port=1, username="joe", password=Secret(CANARY))
    return {**changes, **more}  # type: ignore[typeddict-item]  # what a test names


def ids(runtime: Runtime) -> list[str]:
    shown = list(runtime.state.snapshot().servers)
    assert shown == [server.id for server in runtime.inventory._roster.running.values()]
    return shown


def test_where_nothing_was_ever_configured_this_machine_is_watched_until_it_is_removed(
    house: House,
) -> None:
    runtime = house.start()
    assert ids(runtime) == ["local"]
    view = runtime.state.snapshot().servers["local"]
    assert (view.server.source, view.server.url) == (Source.MANAGED, "local://")
    assert ids(house.start()) == ["local"]
    house.start().inventory.remove("local", EVERYBODY)
    assert ids(house.start()) == []
    added = house.start().inventory.add(new(reach=Reach.LOCAL, host="localhost"), EVERYBODY)
    assert (added.id, added.url) == ("local", "local://")
    assert added.username != ""


def test_where_servers_were_ever_configured_this_machine_is_not_watched_without_being_asked(
    house: House,
) -> None:
    assert ids(house.start(NAS)) == ["joe-nas"]
    assert ids(house.start()) == []


def test_a_restart_brings_back_what_was_added_as_it_is_now(house: House) -> None:
    runtime = house.start(NAS)
    added = runtime.inventory.add(new("10.0.0.3", tags=("a",)), EVERYBODY)
    after = runtime.inventory.change(added.id, Changes(name="x", location="cellar"), EVERYBODY)
    runtime.inventory.toggle(added.id, EVERYBODY)
    runtime.inventory.toggle("joe-nas", EVERYBODY)
    again = house.start(NAS)
    assert ids(again) == ["joe-nas", "joe-10-0-0-3-1"]
    views = again.state.snapshot().servers
    assert replace(views[added.id].server, updated_at=None) == replace(
        after, is_active=False, updated_at=None
    )
    assert [view.reason for view in views.values()] == ["paused", "paused"]
    assert not [one for one in threading.enumerate() if "monserv-poll-" in one.name]


def test_what_the_database_does_not_take_has_not_happened(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = house.start(NAS)
    one = runtime.inventory.add(new("10.0.0.3"), EVERYBODY)
    before = dict(runtime.state.snapshot().servers)

    def fail(*_: object) -> None:
        raise StorageError("The disk is full")

    monkeypatch.setattr(runtime._database, "write", fail)
    for change in (
        lambda: runtime.inventory.add(new("10.0.0.4"), EVERYBODY),
        lambda: runtime.inventory.change(one.id, Changes(name="x"), EVERYBODY),
        lambda: runtime.inventory.remove(one.id, EVERYBODY),
        lambda: runtime.inventory.toggle(one.id, EVERYBODY),
        lambda: runtime.inventory.toggle("joe-nas", EVERYBODY),
    ):
        with pytest.raises(StorageError, match="The disk is full"):
            change()
    after = runtime.state.snapshot().servers
    assert [view.server for view in after.values()] == [view.server for view in before.values()]


def test_after_a_timeout_the_next_change_takes_in_what_the_database_has(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = house.start(NAS)
    add = runtime.inventory._store.add

    def late(server: Server) -> None:
        add(server)
        raise StorageTimeout("does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(runtime.inventory._store, "add", late)
        with pytest.raises(StorageTimeout):
            runtime.inventory.add(new("10.0.0.3"), EVERYBODY)
    assert ids(runtime) == ["joe-nas"]
    runtime.inventory.toggle("joe-nas", EVERYBODY)
    assert ids(runtime) == ["joe-nas", "joe-10-0-0-3-1"]


def test_a_server_is_there_once_whoever_names_it_first(house: House) -> None:
    runtime = house.start(NAS)
    runtime.inventory.add(new("Example.org"), EVERYBODY)
    for double in (new(), new("example.ORG"), new(password=None)):
        with pytest.raises(ServerConflict, match="is watched already"):
            runtime.inventory.add(double, EVERYBODY)
    other = runtime.inventory.add(new("10.0.0.9"), EVERYBODY)
    with pytest.raises(ServerConflict, match="is watched already"):
        runtime.inventory.change(other.id, new("example.org"), EVERYBODY)


def test_a_server_that_settings_name_later_is_watched_as_they_say_and_comes_back(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.start(replace(NAS, host="elsewhere")).inventory.add(new(name="mine"), EVERYBODY)
    runtime = house.start(NAS)
    assert ids(runtime) == ["joe-nas"]
    assert "is in SERVERS too" in caplog.text
    assert [view.server.name for view in house.start().state.snapshot().servers.values()] == [
        "mine"
    ]


def test_ids_stay_for_life_and_are_never_shared(house: House) -> None:
    runtime = house.start()
    first = runtime.inventory.add(new("a.b"), EVERYBODY)
    runtime.inventory.change(first.id, new("elsewhere"), EVERYBODY)
    second = runtime.inventory.add(new("a-b"), EVERYBODY)
    third = runtime.inventory.add(new("a.b"), EVERYBODY)
    assert len({first.id, second.id, third.id}) == 3
    configured = replace(NAS, id=first.id, host="third.example")
    again = house.start(configured)
    assert len(ids(again)) == 5
    assert {first.id, second.id, third.id, "local"} < set(ids(again))


def tokens(house: House) -> int:
    with sqlite3.connect(house.folder / "monserv.db") as connection:
        counted = connection.execute("SELECT count(password_token) FROM servers").fetchone()[0]
    connection.close()
    return int(counted)


def test_who_was_removed_is_seen_by_nobody_and_comes_back_as_it_was(house: House) -> None:
    runtime = house.start(NAS)
    added = runtime.inventory.add(new("10.0.0.3", tags=("berlin",)), EVERYBODY)
    runtime._pipeline.ingest(polled(sample(memory=85.0), added.id))
    before = runtime.state.snapshot().servers[added.id]
    assert [alert.type for alert in before.alerts] == [AlertType.MEMORY]
    runtime.inventory.remove(added.id, EVERYBODY, undo_seconds=60)
    assert ids(runtime) == ["joe-nas"]
    assert runtime.inventory.leaving() == [added]
    assert [one.id for one in runtime._with_history()] == ["joe-nas", added.id]
    # Nothing has been closed, and nobody was told that anything is over.
    assert runtime._engine.active(added.id) == before.alerts
    with pytest.raises(UnknownServer):
        runtime.inventory.bring_back(added.id, Access("m", Role.OPERATOR, frozenset({"munich"})))
    back = runtime.inventory.bring_back(added.id, BERLIN)
    assert back == added
    assert back.credentials.password is not None
    assert back.credentials.password.reveal() == CANARY
    assert runtime.state.snapshot().servers[added.id] == before
    assert runtime.inventory.leaving() == []
    with pytest.raises(UnknownServer):
        runtime.inventory.bring_back(added.id, EVERYBODY)
    assert ids(house.start(NAS)) == ["joe-nas", added.id]


def test_when_the_time_is_over_who_was_removed_is_forgotten_and_its_alerts_close(
    house: House,
) -> None:
    runtime = house.start(NAS)
    added = runtime.inventory.add(new("10.0.0.3"), EVERYBODY)
    runtime._pipeline.ingest(polled(sample(memory=85.0), added.id))
    runtime.inventory.remove(added.id, EVERYBODY, undo_seconds=0.05)
    assert eventually(lambda: tokens(house) == 0)
    assert eventually(lambda: runtime.inventory.leaving() == [])
    assert runtime._engine.active(added.id) == ()
    with pytest.raises(UnknownServer):
        runtime.inventory.bring_back(added.id, EVERYBODY)


def test_a_database_that_is_broken_for_a_while_forgets_who_was_removed_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(farewells, "RETRY_SECONDS", 0.05)
    runtime = house.start(NAS)
    added = runtime.inventory.add(new("10.0.0.3"), EVERYBODY)
    refused = threading.Event()
    remove = runtime.inventory._store.remove

    def fail(_server_id: str) -> None:
        refused.set()
        raise StorageError("The disk is full")

    monkeypatch.setattr(runtime.inventory._store, "remove", fail)
    runtime.inventory.remove(added.id, EVERYBODY, undo_seconds=0.05)
    assert refused.wait(30)
    assert runtime.inventory.leaving() == [added]
    monkeypatch.setattr(runtime.inventory._store, "remove", remove)
    assert eventually(lambda: tokens(house) == 0)


def test_a_restart_forgets_who_was_removed_and_his_password(house: House) -> None:
    runtime = house.start(NAS)
    added = runtime.inventory.add(new("10.0.0.3"), EVERYBODY)
    runtime.inventory.remove(added.id, EVERYBODY, undo_seconds=60)
    assert tokens(house) == 1
    again = house.start(NAS)
    assert ids(again) == ["joe-nas"]
    assert tokens(house) == 0
    with pytest.raises(UnknownServer):
        again.inventory.bring_back(added.id, EVERYBODY)


def test_after_a_timeout_what_the_database_says_of_who_was_removed_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = house.start(NAS)
    inventory, store = runtime.inventory, runtime.inventory._store
    first, second = (inventory.add(new(f"10.0.0.{i}"), EVERYBODY) for i in (3, 4))
    leave, stay = store.leave, store.stay

    def late(write: Callable[..., None]) -> Callable[..., None]:
        def work(*what: object) -> None:
            write(*what)
            raise StorageTimeout("The database does not answer")

        return work

    # It was written all the same: the place is free for another one.
    monkeypatch.setattr(store, "leave", late(leave))
    with pytest.raises(StorageTimeout):
        inventory.remove(first.id, EVERYBODY, undo_seconds=60)
    again = inventory.add(new("10.0.0.3"), EVERYBODY)
    assert ids(runtime) == ["joe-nas", second.id, again.id]
    # And who was to be brought back is.
    monkeypatch.setattr(store, "leave", leave)
    inventory.remove(second.id, EVERYBODY, undo_seconds=60)
    before = inventory._farewells.look(second.id)
    monkeypatch.setattr(store, "stay", late(stay))
    with pytest.raises(StorageTimeout):
        inventory.bring_back(second.id, EVERYBODY)
    inventory.change(again.id, Changes(name="again"), EVERYBODY)
    assert set(ids(runtime)) == {"joe-nas", second.id, again.id}
    assert before is not None
    assert runtime.state.snapshot().servers[second.id] == before.view
    assert inventory.leaving() == []


def test_who_was_removed_is_in_nobodys_way(house: House) -> None:
    runtime = house.start(NAS)
    inventory = runtime.inventory
    gate = inventory.add(new("10.0.0.3", name="gate"), EVERYBODY)
    behind = inventory.add(new("10.0.0.4", jump="gate"), EVERYBODY)
    # The same place again: the newer word counts, and the id is a new one.
    inventory.remove(behind.id, EVERYBODY, undo_seconds=60)
    again = inventory.add(new("10.0.0.4", jump="gate"), EVERYBODY)
    assert again.id != behind.id
    with pytest.raises(UnknownServer):
        inventory.bring_back(behind.id, EVERYBODY)
    # What it was reached through is no longer needed by it.
    inventory.remove(again.id, EVERYBODY, undo_seconds=60)
    inventory.remove(gate.id, EVERYBODY, undo_seconds=60)
    with pytest.raises(UnknownServer):
        inventory.bring_back(again.id, EVERYBODY)
    assert inventory.bring_back(gate.id, EVERYBODY).name == "gate"
    inventory.remove(gate.id, EVERYBODY, undo_seconds=60)
    other = inventory.add(new("10.0.0.5"), EVERYBODY)
    moved = Changes(host="10.0.0.3", password=Secret(CANARY))
    inventory.change(other.id, moved, EVERYBODY)
    with pytest.raises(UnknownServer):
        inventory.bring_back(gate.id, EVERYBODY)


def test_settings_are_changed_in_settings(house: House) -> None:
    inventory = house.start(NAS).inventory
    for change in (
        lambda: inventory.change("joe-nas", Changes(name="x"), EVERYBODY),
        lambda: inventory.remove("joe-nas", EVERYBODY),
    ):
        with pytest.raises(ServerConflict, match="nas comes from the setting SERVERS"):
            change()


def test_who_is_limited_to_tags_neither_sees_nor_makes_others(house: House) -> None:
    inventory = house.start(NAS).inventory
    mine = inventory.add(new("10.0.0.3", tags=("berlin",)), BERLIN)
    inventory.add(new("10.0.0.4", tags=("paris",)), EVERYBODY)
    for beyond in (
        lambda: inventory.add(new("10.0.0.5"), BERLIN),
        lambda: inventory.change(mine.id, Changes(tags=("paris",)), BERLIN),
    ):
        with pytest.raises(BeyondAccess, match="must have one of your tags: berlin"):
            beyond()
    for unseen in ("joe-nas", "joe-10-0-0-4-1", "nobody"):
        for change in (inventory.remove, inventory.toggle):
            with pytest.raises(UnknownServer):
                change(unseen, BERLIN)
        with pytest.raises(UnknownServer):
            inventory.preview(Changes(), BERLIN, unseen)
    inventory.remove(mine.id, BERLIN)


def test_what_is_behind_a_changed_jump_server_is_reached_anew(house: House) -> None:
    runtime = house.start(LOCAL)
    inventory = runtime.inventory

    def shown(server_id: str) -> Server:
        return runtime.state.snapshot().servers[server_id].server

    bastion = inventory.add(new("10.0.0.1", name="bastion"), EVERYBODY)
    inner = inventory.add(new("10.0.0.3", jump="bastion"), EVERYBODY).id
    assert [hop.id for hop in shown(inner).hops] == [bastion.id]
    before = runtime._fleet._pollers[inner]
    inventory.change(bastion.id, Changes(name="another name"), EVERYBODY)
    assert shown(inner).hops[0].name == "another name"
    assert runtime._fleet._pollers[inner] is before
    inventory.change(bastion.id, Changes(password=Secret("new")), EVERYBODY)
    assert runtime._fleet._pollers[inner] is not before
    assert runtime._fleet._pollers[inner].server.hops[0].credentials.password == Secret("new")
    assert shown(inner).credentials.password == Secret(CANARY)


def test_a_password_is_not_shown_on_a_way_for_which_it_was_not_given(house: House) -> None:
    runtime = house.start(LOCAL)
    bastion = runtime.inventory.add(new("10.0.0.1", name="bastion"), EVERYBODY)
    inner = runtime.inventory.add(new("10.0.0.3", jump="bastion"), EVERYBODY).id
    moved = Changes(host="10.0.0.2", password=Secret("x"))
    runtime.inventory.change(bastion.id, moved, EVERYBODY)
    for running in (runtime, house.start(LOCAL)):
        held = running.state.snapshot().servers[inner].server.credentials
        assert held.password is None
        assert "give the password again" in (held.problem or "")
        preview = running.inventory.preview(Changes(), EVERYBODY, inner)
        assert preview.credentials.password is None
    running.inventory.change(inner, Changes(name="inner"), EVERYBODY)
    running.inventory.toggle(inner, EVERYBODY)
    running.inventory.toggle(inner, EVERYBODY)
    # Where it was before, it is good again: it was never lost.
    running.inventory.change(bastion.id, Changes(host="10.0.0.1", password=Secret("x")), EVERYBODY)
    view = running.state.snapshot().servers[inner]
    assert view.server.credentials.password == Secret(CANARY)
    running.inventory.change(inner, Changes(password=Secret("y")), EVERYBODY)
    again = house.start(LOCAL).state.snapshot().servers[inner].server
    assert (again.credentials.password, again.way) == (Secret("y"), "[10.0.0.1]:1>")


def test_a_jump_server_from_settings_that_is_gone_leads_nowhere_and_nothing_is_tried(
    house: House,
) -> None:
    inner = house.start(NAS).inventory.add(new("10.0.0.3", jump="nas"), EVERYBODY).id
    runtime = house.start(LOCAL)

    def view() -> ServerView:
        return runtime.state.snapshot().servers[inner]

    assert eventually(lambda: view().reason != "pending")
    assert (view().reason, view().last_error) == (
        "parent_down",
        "Its jump server joe-nas is none of the servers, or leads back to it",
    )
    # What has nothing to do with the way can still be changed.
    runtime.inventory.change(inner, Changes(name="inner"), EVERYBODY)
    runtime.inventory.change(inner, Changes(jump="", password=Secret("x")), EVERYBODY)
    assert view().server.jump == ""


def test_no_change_takes_the_way_from_what_is_behind_it(house: House) -> None:
    inventory = house.start(LOCAL).inventory
    last = inventory.add(new("10.0.0.1"), EVERYBODY).id
    first = last
    for number in range(2, 6):
        last = inventory.add(new(f"10.0.0.{number}", jump=last), EVERYBODY).id
    extra = inventory.add(new("10.0.0.9"), EVERYBODY).id
    for jump, words in ((last, "in a circle"), (extra, "10.0.0.5, which is behind it, could not")):
        with pytest.raises(UnfitChange, match=words) as refused:
            inventory.change(first, Changes(jump=jump, password=Secret("x")), EVERYBODY)
        assert refused.value.field == "jump"
    with pytest.raises(UnfitChange, match="more than 4"):
        inventory.add(new("10.0.0.7", jump=last), EVERYBODY)


def test_who_is_limited_to_tags_names_no_jump_server_that_he_does_not_see(house: House) -> None:
    inventory = house.start(NAS).inventory
    mine = inventory.add(new("10.0.0.3", tags=("berlin",)), BERLIN)
    with pytest.raises(UnfitChange, match="none of the servers"):
        inventory.change(mine.id, Changes(jump="nas", password=Secret("x")), BERLIN)
    inventory.add(new("10.0.0.4", tags=("paris",), jump=mine.id), EVERYBODY)
    with pytest.raises(ServerConflict, match="of servers that you do not see; give"):
        inventory.remove(mine.id, BERLIN)


def test_who_is_limited_to_tags_is_not_told_that_a_server_he_does_not_see_is_watched(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = house.start(NAS).inventory
    mine = inventory.add(new("10.0.0.3", tags=("berlin",)), BERLIN)
    hidden = inventory.add(new("10.0.0.4", tags=("paris",)), EVERYBODY)
    here, there = Changes(host="10.0.0.4", password=Secret("x")), new("10.0.0.4", tags=("berlin",))

    def refusals() -> set[str]:
        said = set[str]()
        for change in (
            lambda: inventory.add(there, BERLIN),
            lambda: inventory.change(mine.id, here, BERLIN),
        ):
            with pytest.raises(ServerConflict) as refused:
                change()
            said.add(str(refused.value))
        return said

    (said,) = refusals()
    assert "10.0.0.4" not in said
    assert "already" not in said
    # The same words say that there are too many, which is no answer to a guess.
    with monkeypatch.context() as full:
        full.setattr(objections, "MAX_SERVERS", 1)
        with pytest.raises(ServerConflict, match=re.escape(said)):
            inventory.add(new("10.0.0.5", tags=("berlin",)), BERLIN)
    # Whoever sees it is told, and so is one of what he sees.
    with pytest.raises(ServerConflict, match="is watched already"):
        inventory.add(there, EVERYBODY)
    with pytest.raises(ServerConflict, match="is watched already"):
        inventory.add(new("10.0.0.3", tags=("berlin",)), BERLIN)
    # Nor can he make final what others may still undo.
    inventory.remove(hidden.id, EVERYBODY, undo_seconds=60)
    assert refusals() == {said}
    assert inventory.bring_back(hidden.id, EVERYBODY).id == hidden.id


def test_who_is_limited_to_tags_learns_no_name_of_what_is_behind_his_own(house: House) -> None:
    inventory = house.start(LOCAL).inventory
    mine = inventory.add(new("10.0.0.1", tags=("berlin",)), BERLIN)
    last = mine.id
    for number in range(2, 6):
        last = inventory.add(new(f"10.0.0.{number}", jump=last, tags=("paris",)), EVERYBODY).id
    extra = inventory.add(new("10.0.0.9", tags=("berlin",)), BERLIN)
    with pytest.raises(UnfitChange, match="A server that you do not see, which is behind it"):
        inventory.change(mine.id, Changes(jump=extra.id, password=Secret("x")), BERLIN)


def test_who_sees_a_server_and_not_its_jump_server_is_not_told_of_that(house: House) -> None:
    runtime = house.start(LOCAL)
    inventory = runtime.inventory
    gate = inventory.add(new("10.0.0.1", tags=("paris",)), EVERYBODY)
    mine = inventory.add(new("10.0.0.3", tags=("berlin",), jump=gate.id), EVERYBODY)

    def jumps() -> list[str]:
        snapshot = runtime.state.snapshot()
        seen = [snapshot.seen_by(access).servers[mine.id] for access in (BERLIN, EVERYBODY)]
        state = Items(runtime.state).all()[mine.id]
        keyed = [state.seen_by(access.tags)["jump"] for access in (BERLIN, EVERYBODY)]
        assert [resources.server(view)["jump"] for view in seen] == keyed
        return keyed

    assert jumps() == ["", gate.id]
    # What he changes leaves the way as it is.
    inventory.change(mine.id, Changes(name="mine"), BERLIN)
    assert jumps() == ["", gate.id]
    inventory.change(gate.id, Changes(tags=("paris", "berlin")), EVERYBODY)
    assert jumps() == [gate.id, gate.id]


def test_a_key_that_cannot_be_used_is_refused_with_its_path(house: House, tmp_path: Path) -> None:
    inventory = house.start().inventory
    for change in (
        lambda: inventory.add(new(key=str(tmp_path / "absent")), EVERYBODY),
        lambda: inventory.add(new(key="/dev/zero"), EVERYBODY),
    ):
        with pytest.raises(UnfitChange, match="The key file /") as refused:
            change()
        assert refused.value.field == "key"


def test_without_the_key_file_a_server_says_so_is_left_alone_and_the_others_go_on(
    house: House,
) -> None:
    runtime = house.start(LOCAL)
    closed = runtime.inventory.add(new("10.0.0.3"), EVERYBODY)
    key_file = house.folder / "secrets.key"
    house.stop()
    key_file.rename(house.folder / "away")
    runtime = house.start(LOCAL)

    def view(server_id: str) -> ServerView:
        return runtime.state.snapshot().servers[server_id]

    assert eventually(lambda: view(closed.id).reason != "pending")
    assert view(closed.id).reason == "credentials_unreadable"
    assert view(closed.id).last_error == (
        f"The credentials cannot be decrypted: the key file {key_file} is missing; "
        "restore it from a backup, or remove the servers that need it"
    )
    assert eventually(lambda: view("local").sample is not None)
    with pytest.raises(KeyFileError, match="is missing"):
        runtime.inventory.change(closed.id, Changes(password=Secret("x")), EVERYBODY)
    assert not key_file.exists()
    runtime.inventory.change(closed.id, Changes(name="still there"), EVERYBODY)
    (house.folder / "away").rename(key_file)
    server = house.start(LOCAL).state.snapshot().servers[closed.id].server
    assert (server.name, server.credentials.password) == ("still there", Secret(CANARY))


def test_who_changed_what_is_in_the_log_without_a_secret(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monserv.inventory.service")
    inventory = house.start(NAS).inventory
    added = inventory.add(new("10.0.0.3", tags=("berlin",)), BERLIN)
    inventory.change(added.id, Changes(name="x"), BERLIN)
    inventory.toggle(added.id, BERLIN)
    inventory.toggle(added.id, BERLIN)
    inventory.remove(added.id, EVERYBODY)
    url = "ssh://joe:***@10.0.0.3:1"
    assert [one.message for one in caplog.records if one.name == "monserv.inventory.service"] == [
        f"10.0.0.3 ({url}) was added by b",
        f"x ({url}) was changed by b",
        f"x ({url}) was paused by b",
        f"x ({url}) was resumed by b",
        f"x ({url}) was removed by somebody",
    ]
    assert CANARY not in caplog.text


def test_a_first_start_that_could_not_be_noted_is_noted_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "RETRY_SECONDS", 0.05)

    def fail(*_: object) -> None:
        raise StorageError("The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ServerStore, "begin", fail)
        runtime = house.start()
        assert ids(runtime) == ["local"]
    assert eventually(lambda: runtime.inventory.is_complete)
    runtime.inventory.remove("local", EVERYBODY)
    assert ids(house.start()) == []


def test_forty_at_once_are_all_there_once(house: House) -> None:
    runtime = house.start(NAS)
    refused: list[str] = []

    def add(number: int) -> None:
        try:
            runtime.inventory.add(new(f"10.0.0.{number % 20}"), EVERYBODY)
        except ServerConflict as conflict:
            refused.append(str(conflict))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ids(runtime)), len(refused)) == (21, 20)
    assert len(ids(house.start(NAS))) == 21


def test_with_a_broken_database_settings_are_watched_and_the_others_once_it_works(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "RETRY_SECONDS", 0.05)
    house.start(NAS).inventory.add(new("10.0.0.3"), EVERYBODY)
    house.stop()
    path = house.folder / "monserv.db"
    path.rename(house.folder / "away")
    runtime = house.start(NAS)
    assert ids(runtime) == ["joe-nas"]
    with pytest.raises(StorageError):
        runtime.inventory.add(new("10.0.0.4"), EVERYBODY)
    (house.folder / "away").rename(path)
    assert eventually(lambda: ids(runtime) == ["joe-nas", "joe-10-0-0-3-1"])


def test_with_a_broken_database_and_no_settings_this_machine_is_watched(house: House) -> None:
    (house.folder / "monserv.db").unlink()
    assert ids(house.start()) == ["local"]
