"""What the database knows of servers; a password goes in and comes out sealed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monserv.db.engine import Database
from monserv.db.tables.servers import milestones, paused_servers, servers
from monserv.db.vault import Vault, purpose
from monserv.errors import KeyFileError, StorageError, StorageTimeout
from monserv.model.secret import Secret
from monserv.model.server import Credentials, Reach, Server, Source
from monserv.model.server_url import masked

T = TypeVar("T")

WRITE_SECONDS = 5.0
READ_SECONDS = 5.0
FIRST_START = "first start"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database says: managed servers in the order in which they were added.

    ``paused`` are the ids of paused servers from settings; ``is_new`` says that
    nothing has ever been configured here.
    """

    servers: tuple[Server, ...]
    paused: frozenset[str]
    is_new: bool


class ServerStore:
    """Reads and writes in transactions; every method raises ``StorageError``.

    When a write has raised, nothing of it is stored, now or later; only after
    ``StorageTimeout`` that is not entirely certain.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def load_alone(self) -> Stored:
        """Return everything, also on a full disk; nothing else may be connected yet."""
        return self._load(self._database.read_alone)

    def load(self) -> Stored:
        """Return everything."""
        return self._load(self._database.read)

    def begin(self, first: Server | None, now: datetime) -> None:
        """Note that this was the first start, with the server that it brought, if any."""

        def work(connection: Connection) -> None:
            mark = upsert(milestones).on_conflict_do_nothing()
            if connection.execute(mark, {"name": FIRST_START, "at": now}).rowcount and first:
                connection.execute(insert(servers), _values(first))

        self._write(work)

    def add(self, server: Server) -> None:
        """Store a new server, its password sealed."""

        def work(connection: Connection) -> None:
            token = self._sealed(connection, server)
            connection.execute(insert(servers), {**_values(server), "password_token": token})

        self._write(work)

    def change(self, server: Server, *, has_new_password: bool) -> None:
        """Store what is new of a server; without ``has_new_password`` its token stays."""

        def work(connection: Connection) -> None:
            values = _values(server)
            if has_new_password:
                values["password_token"] = self._sealed(connection, server)
            connection.execute(update(servers).where(servers.c.id == server.id).values(values))

        self._write(work)

    def remove(self, server_id: str) -> None:
        """Forget a server and its password."""
        self._write(
            lambda connection: connection.execute(delete(servers).where(servers.c.id == server_id))
        )

    def leave(self, server_id: str, now: datetime) -> None:
        """Load a server no longer; until it is removed it may ``stay``."""
        left = update(servers).where(servers.c.id == server_id).values(left_at=now)
        self._write(lambda connection: connection.execute(left))

    def stay(self, server_id: str) -> None:
        """Load a server again that was to leave."""
        stays = update(servers).where(servers.c.id == server_id).values(left_at=None)
        self._write(lambda connection: connection.execute(stays))

    def remove_left(self, but: Collection[str] = ()) -> None:
        """Forget those that were to leave, ``but`` these, and their passwords."""
        left = delete(servers).where(
            servers.c.left_at.is_not(None), servers.c.id.not_in(sorted(but))
        )
        self._write(lambda connection: connection.execute(left))

    def pause(self, server_id: str, now: datetime) -> None:
        """Remember that a server from settings is paused."""
        row = {"server_id": server_id, "paused_at": now}
        pause = upsert(paused_servers).on_conflict_do_nothing()
        self._write(lambda connection: connection.execute(pause, row))

    def resume(self, server_id: str) -> None:
        """Remember that a server from settings is no longer paused."""
        resumed = delete(paused_servers).where(paused_servers.c.server_id == server_id)
        self._write(lambda connection: connection.execute(resumed))

    def _load(self, read: Callable[[float, Callable[[Connection], Any]], Any]) -> Stored:
        found: tuple[list[Row[Any]], frozenset[str], bool] = read(READ_SECONDS, _everything)
        rows, paused, is_new = found
        read_servers = [self._server(row) for row in rows]
        if any(server.credentials.problem for server in read_servers):
            # The keys may have been changed between the two readings.
            found = read(READ_SECONDS, _everything)
            rows, paused, is_new = found
            read_servers = [self._server(row) for row in rows]
        return Stored(tuple(read_servers), paused, is_new)

    def _server(self, row: Row[Any]) -> Server:
        return Server(
            id=row.id,
            name=row.name,
            reach=Reach(row.reach),
            host=row.host,
            port=row.port,
            username=row.username,
            url=masked(
                Reach(row.reach),
                row.username,
                row.host,
                row.port,
                has_password=row.password_token is not None,
            ),
            tags=tuple(filter(None, row.tags.split(","))),
            description=row.description,
            source=Source.MANAGED,
            credentials=self._credentials(row),
            is_active=row.is_active,
            location=row.location,
            latitude=row.latitude,
            longitude=row.longitude,
            created_at=row.created_at,
            updated_at=row.updated_at,
            jump=row.jump,
        )

    def _credentials(self, row: Row[Any]) -> Credentials:
        if row.password_token is None:
            return Credentials(key_path=row.key_path, way=row.way)
        sealed_for = purpose(row.known_as, row.way)
        try:
            password: Secret | None = self._vault.unseal(row.password_token, sealed_for)
            problem = None
        except KeyFileError as error:
            password, problem = None, f"The credentials cannot be decrypted: {error}"
        return Credentials(password, row.key_path, problem, row.way)

    def _sealed(self, connection: Connection, server: Server) -> str | None:
        """Return the token; made inside the transaction, where no rotation comes between."""
        password = server.credentials.password
        if password is None:
            return None
        tokens = select(func.count()).where(servers.c.password_token.is_not(None))
        is_first = connection.execute(tokens).scalar_one() == 0
        sealed_for = purpose(server.known_as, server.credentials.way)
        return self._vault.seal(password, sealed_for, is_first=is_first)

    def _write(self, work: Callable[[Connection], object]) -> None:
        is_wanted = True

        def work_if_wanted(connection: Connection) -> None:
            work(connection)
            if not is_wanted:
                raise StorageError("Nobody waits for this any more")

        try:
            self._database.write(WRITE_SECONDS, work_if_wanted)
        except StorageTimeout:
            is_wanted = False
            raise


def _everything(connection: Connection) -> tuple[list[Row[Any]], frozenset[str], bool]:
    stays = servers.c.left_at.is_(None)
    rows = connection.execute(select(servers).where(stays).order_by(servers.c.position)).all()
    paused = connection.execute(select(paused_servers.c.server_id)).scalars()
    begun = connection.execute(select(milestones.c.name)).scalars().all()
    return list(rows), frozenset(paused), FIRST_START not in begun and not rows


def _values(server: Server) -> dict[str, Any]:
    """Return a server's columns without its password."""
    return {
        "id": server.id,
        "known_as": server.known_as,
        "name": server.name,
        "reach": server.reach.value,
        "host": server.host,
        "port": server.port,
        "username": server.username,
        "key_path": server.credentials.key_path,
        "tags": ",".join(server.tags),
        "description": server.description,
        "is_active": server.is_active,
        "location": server.location,
        "latitude": server.latitude,
        "longitude": server.longitude,
        "created_at": server.created_at,
        "updated_at": server.updated_at,
        "jump": server.jump,
        "way": server.credentials.way,
    }
