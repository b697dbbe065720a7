"""Which servers are watched: the row first, then the running object.

Servers come from settings, where they are changed, and from here. A change is stored
before anything that runs hears of it; what the database does not take has not happened.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from monserv.clock import Clock
from monserv.db.servers import ServerStore, Stored
from monserv.errors import (
    BeyondAccess,
    ServerConflict,
    StorageError,
    StorageTimeout,
    UnfitChange,
    UnknownServer,
)
from monserv.farewells import Farewells
from monserv.model import redesign, ways
from monserv.model.access import Access
from monserv.model.changes import Changes
from monserv.model.server import Reach, Server, Source
from monserv.pipeline import Pipeline
from monserv.poll.fleet import Fleet
from monserv.settings.servers import free_id, this_machine, this_user

log = logging.getLogger(__name__)

# A change waits for those before it, and each of them for the database.
TURN_SECONDS = 10.0
MAX_SERVERS = 5000
RETRY_SECONDS = 5.0
STOP_SECONDS = 0.2


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
        self._fleet = fleet
        self._key_problem = key_problem
        self._clock = clock
        self._turn = threading.Lock()
        self._farewells = Farewells(clock, self._finish)
        # As configured and stored, and as they run: with the jump servers on their way.
        self._listed: dict[str, Server] = {}
        self._servers: dict[str, Server] = {}
        # Whether the database may know what we do not.
        self._is_doubtful = False
        self._is_new = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

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
            self._is_doubtful = True
            first = () if self._configured else (_first(now),)
            stored = Stored(first, frozenset(), is_new=False)
        if stored.is_new and not self._configured:
            stored = replace(stored, servers=(_first(now),))
        self._listed = {server.id: server for server in self._merged(stored)}
        self._servers = ways.resolved(self._listed.values())
        self._is_new = stored.is_new
        return tuple(self._servers.values())

    @property
    def is_complete(self) -> bool:
        """Whether no server is missing because the database did not name it."""
        return not self._is_doubtful

    def begin(self) -> None:
        """Note that there has been a first start; look after a database that was broken."""
        if self._is_new:
            first = None if self._configured else next(iter(self._servers.values()))
            try:
                self._store.begin(first, self._clock.now())
            except StorageError as error:
                log.error("the first start could not be noted: %s", error)  # noqa: TRY400 -- as above
                self._is_doubtful = True
        try:
            self._store.remove_left()
        except StorageError as error:
            log.debug("servers that had been removed are forgotten later: %s", error)
        if self._is_doubtful:
            self._thread = threading.Thread(
                target=self._keep_asking, name="monserv-inventory", daemon=True
            )
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Ask the database no more. Idempotent."""
        self._stopping.set()
        self._farewells.stop()
        if self._thread is not None:
            # It may wait for a database that does not answer, and owes it nothing.
            self._thread.join(min(timeout_seconds, STOP_SECONDS))

    def add(self, changes: Changes, access: Access) -> Server:
        """Watch another server; raises ``ChangeRefused`` and ``StorageError``."""
        if changes.get("reach") is Reach.LOCAL:
            changes = {**changes, "username": this_user()}
        with self._one_at_a_time():
            where = (
                changes.get("reach", Reach.SSH),
                changes["username"],
                changes["host"],
                changes.get("port", 22),
            )
            changes = self._with_jump(changes, access)
            server = redesign.made(changes, free_id(*where, self._ids()), self._clock.now())
            server = self._bound(server)
            if len(self._ids()) >= MAX_SERVERS:
                raise ServerConflict(f"There are {MAX_SERVERS} servers already, which is all.")
            self._refuse_double(server)
            _refuse_unseen(server, access)
            self._refuse_key(server)
            self._make_way(lambda leaving: leaving.known_as == server.known_as)
            self._store.add(server)
            self._take(server)
            _note(server, "added", access)
            return server

    def change(self, server_id: str, changes: Changes, access: Access) -> Server:
        """Change a server; raises ``ChangeRefused`` and ``StorageError``."""
        with self._one_at_a_time():
            before = self._managed(server_id, access)
            changes = self._with_jump(changes, access)
            server = redesign.changed(before, changes, self._clock.now())
            self._refuse_double(server)
            _refuse_unseen(server, access)
            has_new_password = "password" in changes or redesign.is_moved(before, server)
            if has_new_password:
                server = self._bound(server)
            if "jump" in changes:
                self._refuse_lost(server)
            if server.credentials != before.credentials:
                self._refuse_key(server)
            self._make_way(lambda leaving: leaving.known_as == server.known_as)
            self._store.change(server, has_new_password=has_new_password)
            self._take(server)
            _note(server, "changed", access)
            return server

    def preview(self, changes: Changes, access: Access, server_id: str | None = None) -> Server:
        """Return what a server would be, and change nothing; raises ``ChangeRefused``."""
        changes = self._with_jump(changes, access)
        if server_id is not None:
            before = self._seen(server_id, access)
            server = redesign.changed(before, changes, self._clock.now())
            if "password" not in changes and not redesign.is_moved(before, server):
                return self._led(server)
        else:
            if changes.get("reach") is Reach.LOCAL:
                changes = {**changes, "username": this_user()}
            server = redesign.made(changes, "test", self._clock.now())
        return self._led(self._bound(server))

    def remove(self, server_id: str, access: Access, undo_seconds: float = 0.0) -> Server:
        """Watch a server no longer; raises ``ChangeRefused`` and ``StorageError``.

        For ``undo_seconds`` nothing of it is forgotten, so that ``bring_back`` has all of it;
        should the process end before, the next one forgets it.
        """
        with self._one_at_a_time():
            server = self._managed(server_id, access)
            self._refuse_used(server, access)
            self._make_way(lambda leaving: leaving.jump == server_id)
            if undo_seconds > 0:
                self._store.leave(server_id, self._clock.now())
                self._hide(server, undo_seconds)
            else:
                self._store.remove(server_id)
                self._drop(server_id)
            _note(server, "removed", access)
            return server

    def bring_back(self, server_id: str, access: Access) -> Server:
        """Watch a server again that was removed; raises ``ChangeRefused`` and ``StorageError``.

        It is as it was: its credentials, its alerts, its history.
        """
        with self._one_at_a_time():
            leaving = self._farewells.look(server_id)
            if leaving is None or not access.sees(leaving.server.tags):
                raise UnknownServer("No server with this id can be brought back any more.")
            self._store.stay(server_id)
            self._farewells.take(server_id)
            if leaving.view is not None:
                self._pipeline.put_back(leaving.view)
            self._take(leaving.server)
            _note(leaving.server, "brought back", access)
            return leaving.server

    def leaving(self) -> list[Server]:
        """Return those that were removed and may still be brought back."""
        return self._farewells.servers()

    def toggle(self, server_id: str, access: Access) -> Server:
        """Pause a server, or go on with it; raises ``ChangeRefused`` and ``StorageError``."""
        with self._one_at_a_time():
            before = self._seen(server_id, access)
            server = replace(before, is_active=not before.is_active)
            if server.source is Source.MANAGED:
                server = replace(server, updated_at=self._clock.now())
                self._store.change(server, has_new_password=False)
            elif server.is_active:
                self._store.resume(server_id)
            else:
                self._store.pause(server_id, self._clock.now())
            self._take(server)
            _note(server, "resumed" if server.is_active else "paused", access)
            return server

    def _take(self, server: Server) -> None:
        """Take in a server that is new or has changed, and what that changes of others."""
        self._listed[server.id] = server
        self._follow()

    def _follow(self) -> None:
        """Let what runs be as it is listed; what is behind a changed server changes too."""
        for server in ways.resolved(self._listed.values()).values():
            if self._servers.get(server.id) != server:
                self._run(server)

    def _run(self, server: Server) -> None:
        """Let everything that runs know of a server that is new or has changed."""
        before = self._servers.get(server.id)
        self._servers[server.id] = server
        if before is None or not server.is_active or not before.is_reached_like(server):
            # Nothing that the one before still says may be taken for this one's.
            self._fleet.forget(server.id)
        self._pipeline.watch(server)
        self._fleet.watch(server)

    def _drop(self, server_id: str) -> None:
        del self._servers[server_id]
        self._listed.pop(server_id, None)
        self._fleet.forget(server_id)
        self._pipeline.forget(server_id)

    def _hide(self, server: Server, undo_seconds: float) -> None:
        del self._servers[server.id]
        self._listed.pop(server.id, None)
        self._fleet.forget(server.id)
        self._farewells.add(server, self._pipeline.hide(server.id), undo_seconds)

    def _finish(self, server_id: str) -> None:
        """Forget a server whose time is over; raises ``StorageError``."""
        with self._one_at_a_time():
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

    def _ids(self) -> set[str]:
        """Return the ids that nobody else may have."""
        return {*self._servers, *(one.id for one in self._farewells.servers())}

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Hold the turn; know afterwards whether the database may be ahead of us."""
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise StorageTimeout("Other changes are still being stored; try again")
        try:
            if self._is_doubtful:
                self._catch_up()
            yield
        except StorageTimeout:
            self._is_doubtful = True
            raise
        finally:
            self._turn.release()

    def _keep_asking(self) -> None:
        """Ask until the database has named its servers."""
        while self._is_doubtful and not self._stopping.wait(RETRY_SECONDS):
            try:
                with self._one_at_a_time():
                    pass
            except StorageError as error:
                log.debug("the database does not name its servers yet: %s", error)
            except Exception:
                log.exception("the servers of the database could not be taken in")

    def _catch_up(self) -> None:
        """Make what runs agree with the database; raises ``StorageError``."""
        stored = self._store.load()
        if stored.is_new:
            first = None if self._configured else next(iter(self._servers.values()), None)
            self._store.begin(first, self._clock.now())
            stored = self._store.load()
        wanted = {server.id: server for server in self._merged(stored)}
        self._settle_farewells(wanted)
        new = [one for one in wanted if one not in self._servers]
        for server_id in [one for one in self._servers if one not in wanted]:
            self._drop(server_id)
        self._listed = wanted
        self._follow()
        self._pipeline.restore(new)
        self._is_doubtful = False

    def _settle_farewells(self, wanted: Iterable[str]) -> None:
        """Let those come back of whom the database says so; forget whom nobody waits for."""
        for server_id in wanted:
            back = self._farewells.take(server_id)
            if back is not None and back.view is not None:
                self._pipeline.put_back(back.view)
        self._store.remove_left(but=[one.id for one in self._farewells.servers()])

    def _merged(self, stored: Stored) -> Iterator[Server]:
        """Return the servers from settings, then the others; what is in settings goes before."""
        ids = {server.id for server in (*stored.servers, *self._configured)}
        known = {server.known_as: server.id for server in stored.servers}
        taken = set[str]()
        for server in self._configured:
            own_id = server.id
            if own_id in known.values() and known.get(server.known_as) != own_id:
                own_id = free_id(server.reach, server.username, server.host, server.port, ids)
            taken.add(server.known_as)
            yield replace(server, id=own_id, is_active=own_id not in stored.paused)
        for server in stored.servers:
            if server.known_as not in taken:
                yield server
            else:
                log.warning("%s is in SERVERS too, and watched as it says there", server.url)

    def _with_jump(self, changes: Changes, access: Access) -> Changes:
        """Return changes that name a jump server by its id; raises ``UnfitChange``."""
        if not changes.get("jump"):
            return changes
        seen = [one for one in self._listed.values() if access.sees(one.tags)]
        try:
            return {**changes, "jump": ways.named(changes["jump"], seen).id}
        except ways.NoWayError as error:
            raise UnfitChange("jump", f"It {error}.") from None

    def _led(self, server: Server) -> Server:
        """Return ``server`` with its hops; raises ``UnfitChange`` when its jump leads nowhere."""
        try:
            return ways.led(server, {**self._listed, server.id: server})
        except ways.NoWayError as error:
            raise UnfitChange("jump", f"It {error}.") from None

    def _bound(self, server: Server) -> Server:
        """Return a server whose credentials are for the way that it now has, and no other."""
        way = self._led(server).way
        return replace(server, credentials=replace(server.credentials, way=way))

    def _refuse_lost(self, server: Server) -> None:
        """Refuse a jump server with which this one, or one behind it, could not be reached."""
        self._led(server)
        for one in ways.resolved({**self._listed, server.id: server}.values()).values():
            if one.jump and not one.hops and self._servers[one.id].hops:
                raise UnfitChange("jump", f"{one.name}, which is behind it, could not be reached.")

    def _refuse_used(self, server: Server, access: Access) -> None:
        """Refuse to remove a server that others are reached through."""
        behind = [
            one
            for one in self._listed.values()
            if one.source is Source.MANAGED and one.jump == server.id
        ]
        if behind:
            names = [one.name for one in behind if access.sees(one.tags)]
            if len(names) < len(behind):
                names.append(f"{len(behind) - len(names)} more")
            raise ServerConflict(
                f"{server.name} is the jump server of {', '.join(names)}; give them another way "
                "first."
            )

    def _refuse_double(self, server: Server) -> None:
        for other in self._servers.values():
            if other.known_as == server.known_as and other.id != server.id:
                raise ServerConflict(
                    f"{server.url} is watched already; a server is known by its user, host and "
                    "port."
                )

    def _refuse_key(self, server: Server) -> None:
        problem = self._key_problem(server)
        if problem is not None:
            raise UnfitChange("key", f"{problem}.")

    def _managed(self, server_id: str, access: Access) -> Server:
        server = self._seen(server_id, access)
        if server.source is Source.SETTINGS:
            raise ServerConflict(
                f"{server.name} comes from the setting SERVERS; change it there and restart."
            )
        return server

    def _seen(self, server_id: str, access: Access) -> Server:
        server = self._listed.get(server_id)
        if server is None or not access.sees(server.tags):
            raise UnknownServer("No server has this id.")
        return server


def _refuse_unseen(server: Server, access: Access) -> None:
    if not access.sees(server.tags):
        raise BeyondAccess(
            f"The server must have one of your tags: {', '.join(sorted(access.tags))}."
        )


def _first(now: datetime) -> Server:
    """Return what is watched where nothing was ever configured: this machine."""
    here = this_machine(this_user())
    return replace(here, source=Source.MANAGED, created_at=now, updated_at=now)


def _note(server: Server, what: str, access: Access) -> None:
    """Leave a line about who did it; the URL is the masked one."""
    log.info("%s (%s) was %s by %s", server.name, server.url, what, access.name or "somebody")
