"""The servers that are listed, and what runs because of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monserv.errors import ServerConflict, UnknownServer
from monserv.model import ways
from monserv.model.access import Access
from monserv.model.server import Server, Source
from monserv.model.snapshot import ServerView
from monserv.pipeline import Pipeline
from monserv.poll.fleet import Fleet


class Roster:
    """Used by whoever holds the turn; read by anybody.

    ``listed`` are as configured and stored, ``running`` as they are watched: with the jump
    servers on their way. Both by id.
    """

    def __init__(self, pipeline: Pipeline, fleet: Fleet) -> None:
        self._pipeline = pipeline
        self._fleet = fleet
        self._listed: dict[str, Server] = {}
        self._running: dict[str, Server] = {}

    @property
    def listed(self) -> Mapping[str, Server]:
        """Servers as they are configured and stored."""
        return self._listed

    @property
    def running(self) -> Mapping[str, Server]:
        """Servers as they are watched."""
        return self._running

    def begin(self, servers: Iterable[Server]) -> None:
        """List what there is before anything runs."""
        self._listed = {server.id: server for server in servers}
        self._running = ways.resolved(self._listed.values())

    def become(self, wanted: dict[str, Server]) -> list[str]:
        """Let exactly these be listed and watched; return the ids of those that are new."""
        new = [one for one in wanted if one not in self._running]
        for server_id in [one for one in self._running if one not in wanted]:
            self.drop(server_id)
        self._listed = wanted
        self._follow()
        return new

    def take(self, server: Server) -> None:
        """Take in a server that is new or has changed, and what that changes of others."""
        self._listed[server.id] = server
        self._follow()

    def drop(self, server_id: str) -> None:
        """Watch a server no longer, and forget what was seen of it."""
        self._leave(server_id)
        self._pipeline.forget(server_id)

    def hide(self, server_id: str) -> ServerView | None:
        """Watch a server no longer; return what was shown of it, of which nothing is forgotten."""
        self._leave(server_id)
        return self._pipeline.hide(server_id)

    def seen(self, server_id: str, access: Access) -> Server:
        """Return a listed server; raises ``UnknownServer`` also for one that is hidden."""
        server = self._listed.get(server_id)
        if server is None or not access.sees(server.tags):
            raise UnknownServer("No server has this id.")
        return server

    def managed(self, server_id: str, access: Access) -> Server:
        """Return one that can be changed here; raises ``UnknownServer``, ``ServerConflict``."""
        server = self.seen(server_id, access)
        if server.source is Source.SETTINGS:
            raise ServerConflict(
                f"{server.name} comes from the setting SERVERS; change it there and restart."
            )
        return server

    def _leave(self, server_id: str) -> None:
        del self._running[server_id]
        self._listed.pop(server_id, None)
        self._fleet.forget(server_id)

    def _follow(self) -> None:
        """Let what runs be as it is listed; what is behind a changed server changes too."""
        for server in ways.resolved(self._listed.values()).values():
            if self._running.get(server.id) != server:
                self._run(server)

    def _run(self, server: Server) -> None:
        """Let everything that runs know of a server that is new or has changed."""
        before = self._running.get(server.id)
        self._running[server.id] = server
        if before is None or not server.is_active or not before.is_reached_like(server):
            # Nothing that the one before still says may be taken for this one's.
            self._fleet.forget(server.id)
        self._pipeline.watch(server)
        self._fleet.watch(server)
