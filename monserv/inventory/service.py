"""Which servers are watched: the row first, then the running object.

Servers come from settings, where they are changed, and from here. A change is stored
before anything that runs hears of it; what the database does not take has not happened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from monserv.clock import Clock
from monserv.db.servers import ServerStore, Stored
from monserv.errors import StorageError, UnfitChange, UnknownServer
from monserv.farewells import Farewells
from monserv.inventory import jumps
from monserv.inventory.joined import first, joined
from monserv.inventory.objections import (
    refuse_double,
    refuse_lost,
    refuse_too_many,
    refuse_unseen,
    refuse_used,
)
from monserv.inventory.roster import Roster
from monserv.inventory.turn import Turn
from monserv.model import redesign
from monserv.model.access import Access
from monserv.model.changes import Changes
from monserv.model.server import Reach, Server, Source
from monserv.pipeline import Pipeline
from monserv.poll.fleet import Fleet
from monserv.settings.servers import free_id, this_user

log = logging.getLogger(__name__)


class Inventory:
    """All servers that are watched; one change at a time."""

    def __init__(
        self,
        configured: Iterable[Server],
        *,
        store: ServerStore,
        pipeline: Pipeline,
        fleet: Fleet,
        key_problem: Callable[[Server], str | None],
        clock: Clock,
    ) -> None:
        self._configured = tuple(configured)
        self._store = store
        self._pipeline = pipeline
        self._key_problem = key_problem
        self._clock = clock
        self._roster = Roster(pipeline, fleet)
        self._turn = Turn(self._catch_up)
        self._farewells = Farewells(clock, self._finish)
        self._is_new = False

    def read(self) -> tuple[Server, ...]:
        """Read which servers are watched; call it before anything is connected.

        With a database that cannot be used these are the ones from settings, or this
        machine; the others are missing until it works.
        """
        now = self._clock.now()
        try:
            stored = self._store.load_alone()
        except StorageError as error:
            log.error("the servers added here are not watched: %s", error)  # noqa: TRY400 -- one line, no traceback
            self._turn.doubt()
            here = () if self._configured else (first(now),)
            stored = Stored(here, frozenset(), is_new=False)
        if stored.is_new and not self._configured:
            stored = replace(stored, servers=(first(now),))
        self._roster.begin(joined(self._configured, stored))
        self._is_new = stored.is_new
        return tuple(self._roster.running.values())

    @property
    def is_complete(self) -> bool:
        """Whether no server is missing because the database did not name it."""
        return not self._turn.is_doubtful

    def begin(self) -> None:
        """Note that there has been a first start; look after a database that was broken."""
        if self._is_new:
            try:
                self._store.begin(self._first(), self._clock.now())
            except StorageError as error:
                log.error("the first start could not be noted: %s", error)  # noqa: TRY400 -- as above
                self._turn.doubt()
        try:
            self._store.remove_left()
        except StorageError as error:
            log.debug("servers that had been removed are forgotten later: %s", error)
        self._turn.start()

    def stop(self, timeout_seconds: float) -> None:
        """Ask the database no more. Idempotent."""
        self._farewells.stop()
        self._turn.stop(timeout_seconds)

    def add(self, changes: Changes, access: Access) -> Server:
        """Watch another server; raises ``ChangeRefused`` and ``StorageError``."""
        if changes.get("reach") is Reach.LOCAL:
            changes = {**changes, "username": this_user()}
        with self._turn.held():
            where = (
                changes.get("reach", Reach.SSH),
                changes["username"],
                changes["host"],
                changes.get("port", 22),
            )
            changes = jumps.named(changes, self._roster.listed, access)
            server = redesign.made(changes, free_id(*where, self._ids()), self._clock.now())
            server = jumps.bound(server, self._roster.listed)
            refuse_too_many(len(self._ids()), access)
            refuse_double(server, self._others(access), access)
            refuse_unseen(server, access)
            self._refuse_key(server)
            self._make_way(lambda leaving: leaving.known_as == server.known_as)
            self._store.add(server)
            self._roster.take(server)
            _note(server, "added", access)
            return server

    def change(self, server_id: str, changes: Changes, access: Access) -> Server:
        """Change a server; raises ``ChangeRefused`` and ``StorageError``."""
        with self._turn.held():
            before = self._roster.managed(server_id, access)
            changes = jumps.named(changes, self._roster.listed, access)
            server = redesign.changed(before, changes, self._clock.now())
            refuse_double(server, self._others(access), access)
            refuse_unseen(server, access)
            has_new_password = "password" in changes or redesign.is_moved(before, server)
            if has_new_password:
                server = jumps.bound(server, self._roster.listed)
            if "jump" in changes:
                refuse_lost(server, self._roster, access)
            if server.credentials != before.credentials:
                self._refuse_key(server)
            self._make_way(lambda leaving: leaving.known_as == server.known_as)
            self._store.change(server, has_new_password=has_new_password)
            self._roster.take(server)
            _note(server, "changed", access)
            return server

    def preview(self, changes: Changes, access: Access, server_id: str | None = None) -> Server:
        """Return what a server would be, and change nothing; raises ``ChangeRefused``."""
        changes = jumps.named(changes, self._roster.listed, access)
        if server_id is not None:
            before = self._roster.seen(server_id, access)
            server = redesign.changed(before, changes, self._clock.now())
            if "password" not in changes and not redesign.is_moved(before, server):
                return jumps.led(server, self._roster.listed)
        else:
            if changes.get("reach") is Reach.LOCAL:
                changes = {**changes, "username": this_user()}
            server = redesign.made(changes, "test", self._clock.now())
        return jumps.led(jumps.bound(server, self._roster.listed), self._roster.listed)

    def remove(self, server_id: str, access: Access, undo_seconds: float = 0.0) -> Server:
        """Watch a server no longer; raises ``ChangeRefused`` and ``StorageError``.

        For ``undo_seconds`` nothing of it is forgotten, so that ``bring_back`` has all of it;
        should the process end before, the next one forgets it.
        """
        with self._turn.held():
            server = self._roster.managed(server_id, access)
            refuse_used(server, self._roster.listed.values(), access)
            self._make_way(lambda leaving: leaving.jump == server_id)
            if undo_seconds > 0:
                self._store.leave(server_id, self._clock.now())
                self._farewells.add(server, self._roster.hide(server_id), undo_seconds)
            else:
                self._store.remove(server_id)
                self._roster.drop(server_id)
            _note(server, "removed", access)
            return server

    def bring_back(self, server_id: str, access: Access) -> Server:
        """Watch a server again that was removed; raises ``ChangeRefused`` and ``StorageError``.

        It is as it was: its credentials, its alerts, its history.
        """
        with self._turn.held():
            leaving = self._farewells.look(server_id)
            if leaving is None or not access.sees(leaving.server.tags):
                raise UnknownServer("No server with this id can be brought back any more.")
            self._store.stay(server_id)
            self._farewells.take(server_id)
            if leaving.view is not None:
                self._pipeline.put_back(leaving.view)
            self._roster.take(leaving.server)
            _note(leaving.server, "brought back", access)
            return leaving.server

    def leaving(self) -> list[Server]:
        """Return those that were removed and may still be brought back."""
        return self._farewells.servers()

    def toggle(self, server_id: str, access: Access) -> Server:
        """Pause a server, or go on with it; raises ``ChangeRefused`` and ``StorageError``."""
        with self._turn.held():
            before = self._roster.seen(server_id, access)
            server = replace(before, is_active=not before.is_active)
            if server.source is Source.MANAGED:
                server = replace(server, updated_at=self._clock.now())
                self._store.change(server, has_new_password=False)
            elif server.is_active:
                self._store.resume(server_id)
            else:
                self._store.pause(server_id, self._clock.now())
            self._roster.take(server)
            _note(server, "resumed" if server.is_active else "paused", access)
            return server

    def _first(self) -> Server | None:
        """Return what is noted as watched from the first start on; settings need no note."""
        return None if self._configured else next(iter(self._roster.running.values()), None)

    def _finish(self, server_id: str) -> None:
        """Forget a server whose time is over; raises ``StorageError``."""
        with self._turn.held():
            if self._farewells.look(server_id) is not None:
                self._forget_left(server_id)

    def _forget_left(self, server_id: str) -> None:
        self._store.remove(server_id)
        self._farewells.take(server_id)
        self._pipeline.forget(server_id)

    def _make_way(self, is_in_the_way: Callable[[Server], bool]) -> None:
        """Forget at once who leaves and could not come back after the change that follows."""
        for one in self._farewells.servers():
            if is_in_the_way(one):
                self._forget_left(one.id)

    def _others(self, access: Access) -> list[Server]:
        """Return those whose place is taken: of those who leave, the ones that others removed."""
        leaving = [one for one in self._farewells.servers() if not access.sees(one.tags)]
        return [*self._roster.running.values(), *leaving]

    def _ids(self) -> set[str]:
        """Return the ids that nobody else may have."""
        return {*self._roster.running, *(one.id for one in self._farewells.servers())}

    def _catch_up(self) -> None:
        """Make what runs agree with the database; raises ``StorageError``."""
        stored = self._store.load()
        if stored.is_new:
            self._store.begin(self._first(), self._clock.now())
            stored = self._store.load()
        wanted = {server.id: server for server in joined(self._configured, stored)}
        self._settle_farewells(wanted)
        self._pipeline.restore(self._roster.become(wanted))

    def _settle_farewells(self, wanted: Iterable[str]) -> None:
        """Let those come back of whom the database says so; forget whom nobody waits for."""
        for server_id in wanted:
            back = self._farewells.take(server_id)
            if back is not None and back.view is not None:
                self._pipeline.put_back(back.view)
        self._store.remove_left(but=[one.id for one in self._farewells.servers()])

    def _refuse_key(self, server: Server) -> None:
        problem = self._key_problem(server)
        if problem is not None:
            raise UnfitChange("key", f"{problem}.")


def _note(server: Server, what: str, access: Access) -> None:
    """Leave a line about who did it; the URL is the masked one."""
    log.info("%s (%s) was %s by %s", server.name, server.url, what, access.name or "somebody")
