"""One SQLite file: one native thread that writes, and two that read.

SQLite blocks without yielding, so nothing here runs in the caller's (green)
thread: a piece of work is a function of a connection, it runs as one transaction
inside a lane, and the connection never leaves the lane's thread. What clients ask for is read
in a lane of its own: a journal of years takes seconds to search, and whoever does that again
and again keeps neither log-ins nor revoked tokens waiting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection as Connection  # noqa: PLC0414 -- what a piece of work gets
from sqlalchemy import Engine, NullPool, create_engine, event

from monserv.db import version
from monserv.db.disk import require_room
from monserv.db.lane import Lane
from monserv.db.location import sqlite_path

T = TypeVar("T")

# Below the second within which a row must be durable, so that there is a second try.
BUSY_TIMEOUT_SECONDS = 0.4

_WRITING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 4194304",
    "PRAGMA foreign_keys = ON",
)
_READING = ("PRAGMA query_only = ON",)
# With the exclusive lock the index of the write-ahead log is in our own memory, so
# that reading needs no room on the disk. It must be asked for before the first read.
_ALONE = "PRAGMA locking_mode = EXCLUSIVE"


class Database:
    """The database that ``url`` names; connects with the first call.

    Only SQLite files are taken (``StorageError``). The file must exist and be of
    this version: ``monserv.db.migrate`` sees to that.
    """

    def __init__(self, url: str) -> None:
        self.path = sqlite_path(url)
        writer = _engine(self.path, "BEGIN IMMEDIATE", _WRITING)
        reader = _engine(self.path, "BEGIN", _READING)
        self._writer = Lane("monserv-db-writer", self.path, writer)
        self._reader = Lane("monserv-db-reader", self.path, reader, ends_unwanted=True)
        self._browser = Lane("monserv-db-browser", self.path, reader, ends_unwanted=True)

    def write(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        """Run ``work`` as one durable transaction, after those handed over before.

        Raises ``StorageError``, and ``StorageTimeout`` when it did not end in time:
        it may then still be done later, so ``work`` must bear being done twice.
        """

        def work_with_room(connection: Connection) -> T:
            require_room(self.path)
            return work(connection)

        return self._writer.run(timeout_seconds, work_with_room)

    def read(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        """Run ``work``, which only reads, on one consistent state; raises as ``write``.

        What did not end in time is ended.
        """
        return self._reader.run(timeout_seconds, work)

    def browse(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        """Run ``work`` as ``read`` does, for a client: it may take long, and be asked for often."""
        return self._browser.run(timeout_seconds, work)

    def read_alone(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        """Run ``work``, which only reads, also on a full disk; raises as ``write``.

        It needs the file for itself: nothing else may be connected, as at the start.
        """
        engine = _engine(self.path, "BEGIN", _READING, is_alone=True)
        lane = Lane("monserv-db-alone", self.path, engine)
        try:
            return lane.run(timeout_seconds, work)
        finally:
            lane.close(timeout_seconds)

    def close(self, timeout_seconds: float = 1.0) -> None:
        """Close the connections; every later call raises ``StorageError``. Idempotent."""
        for lane in (self._browser, self._reader, self._writer):
            lane.close(timeout_seconds / 3)


def _engine(path: Path, begin: str, pragmas: Sequence[str], *, is_alone: bool = False) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(path, pragmas, is_alone=is_alone),
        poolclass=NullPool,
        hide_parameters=True,
    )

    def begins(connection: Connection) -> None:
        # A transaction that reads first and then writes fails at once when another
        # has written in between, whatever the busy timeout says.
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", begins)
    return engine


def _connect(path: Path, pragmas: Sequence[str], *, is_alone: bool) -> sqlite3.Connection:
    if not is_alone:
        require_room(path)
    # mode=rw never makes a file: an absent database is not an empty one.
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_SECONDS,
    )
    try:
        if is_alone:
            connection.execute(_ALONE).fetchall()
        # Before the others, for they may already change the file.
        version.require_current(path, connection)
        for pragma in pragmas:
            connection.execute(pragma).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection
