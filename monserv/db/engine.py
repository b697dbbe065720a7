"""One SQLite file: one native thread that writes, one that reads.

SQLite blocks without yielding, so nothing here runs in the caller's (green)
thread: a piece of work is a function of a connection, it runs as one transaction
inside a lane, and the connection never leaves the lane's thread.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from monserv.db.location import sentence, sqlite_path
from monserv.errors import StorageError, StorageTimeout
from monserv.offload import CallRefused, CallTimeout, real_threads

T = TypeVar("T")

# Below the second within which a row must be durable, so that there is a second try.
BUSY_TIMEOUT_MILLISECONDS = 400

_WRITING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 4194304",
    "PRAGMA foreign_keys = ON",
)
_READING = ("PRAGMA query_only = ON",)


def _engine(path: Path, begin: str, pragmas: tuple[str, ...]) -> Engine:
    def connect() -> sqlite3.Connection:
        # mode=rw never makes a file: an absent database is not an empty one.
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_MILLISECONDS / 1000,
        )
        try:
            for pragma in pragmas:
                connection.execute(pragma).fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    def begins(connection: Connection) -> None:
        # A transaction that reads first and then writes fails at once when another
        # has written in between, whatever the busy timeout says.
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", begins)
    return engine


class _Lane:
    """One native thread with one connection, made again after every error."""

    def __init__(self, name: str, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine
        self._threads = real_threads(name, 1)
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None

    def run(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        try:
            return self._threads.call(timeout_seconds, lambda: self._transaction(work))
        except CallTimeout:
            raise StorageTimeout(
                f"The database {self._path} does not answer within {timeout_seconds:.1f} s"
            ) from None
        except CallRefused:
            raise StorageError(f"The database {self._path} has been closed") from None
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise StorageError(sentence(self._path, error)) from error

    def close(self, timeout_seconds: float) -> None:
        with contextlib.suppress(CallTimeout, CallRefused):
            self._threads.call(timeout_seconds, self._disconnect)
        self._threads.stop()

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        try:
            connection = self._connected()
            with connection.begin():
                return work(connection)
        except BaseException:
            self._disconnect()
            raise

    def _connected(self) -> Connection:
        identity = self._identify()
        if self._connection is not None and identity == self._identity:
            return self._connection
        self._disconnect()
        self._connection = self._engine.connect()
        self._identity = identity
        return self._connection

    def _identify(self) -> tuple[int, int]:
        """Return which file lies at the path; SQLite itself would write on into a removed one.

        The file is not opened for this: closing it again would drop the locks that
        SQLite holds in this process.
        """
        try:
            found = os.stat(self._path)  # noqa: PTH116 -- the inode, and as cheap as can be
        except FileNotFoundError:
            raise StorageError(
                f"The database {self._path} is gone; put it back, or restart to begin a new one"
            ) from None
        if found.st_size == 0:
            # SQLite would throw away the write-ahead log beside an empty file.
            raise StorageError(f"The database {self._path} is empty; restore it from a backup")
        return found.st_dev, found.st_ino

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError, sqlite3.Error, OSError):
                connection.close()


class Database:
    """The database that ``url`` names; connects with the first call.

    Only SQLite files are taken (``StorageError``). The file must exist:
    ``monserv.db.migrate`` makes it.
    """

    def __init__(self, url: str) -> None:
        self.path = sqlite_path(url)
        writer = _engine(self.path, "BEGIN IMMEDIATE", _WRITING)
        reader = _engine(self.path, "BEGIN", _READING)
        self._writer = _Lane("monserv-db-writer", self.path, writer)
        self._reader = _Lane("monserv-db-reader", self.path, reader)

    def write(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        """Run ``work`` as one durable transaction, after those handed over before.

        Raises ``StorageError``, and ``StorageTimeout`` when it did not end in time:
        it may then still be done later, so ``work`` must bear being done twice.
        """
        return self._writer.run(timeout_seconds, work)

    def read(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        """Run ``work``, which only reads, on one consistent state; raises as ``write``."""
        return self._reader.run(timeout_seconds, work)

    def close(self, timeout_seconds: float = 1.0) -> None:
        """Close the connections; every later call raises ``StorageError``. Idempotent."""
        self._reader.close(timeout_seconds / 2)
        self._writer.close(timeout_seconds / 2)
