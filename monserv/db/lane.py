"""A native thread with one connection to the file; work goes in, results come out."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from monserv.db.location import empty, sentence
from monserv.errors import StorageError, StorageTimeout
from monserv.offload import CallRefused, CallTimeout, real_threads

T = TypeVar("T")


# Of SQLite's virtual machine, between two looks whether somebody still waits: some milliseconds.
_OPERATIONS = 100_000


class Lane:
    """Runs one transaction after another; the connection is made again after every error.

    With ``ends_unwanted`` one that nobody waits for any more is ended, which only reading
    bears: what was written may count all the same.
    """

    def __init__(
        self, name: str, path: Path, engine: Engine, *, ends_unwanted: bool = False
    ) -> None:
        self._path = path
        self._engine = engine
        self._ends_unwanted = ends_unwanted
        self._threads = real_threads(name, 1)
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None

    def run(self, timeout_seconds: float, work: Callable[[Connection], T]) -> T:
        """Run ``work`` as one transaction; raises ``StorageError`` and ``StorageTimeout``."""
        is_unwanted = False
        try:
            return self._threads.call(
                timeout_seconds, lambda: self._transaction(work, lambda: is_unwanted)
            )
        except CallTimeout:
            is_unwanted = True
            raise StorageTimeout(
                f"The database {self._path} does not answer within {timeout_seconds:.1f} s"
            ) from None
        except CallRefused:
            raise StorageError(f"The database {self._path} has been closed") from None
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise StorageError(sentence(self._path, error)) from error

    def close(self, timeout_seconds: float) -> None:
        """Close the connection and let no further work begin. Idempotent."""
        with contextlib.suppress(CallTimeout, CallRefused):
            self._threads.call(timeout_seconds, self._leave)
        self._threads.stop()

    def _transaction(self, work: Callable[[Connection], T], is_unwanted: Callable[[], bool]) -> T:
        identity = self._identify()
        try:
            connection = self._connected(identity)
            if self._ends_unwanted:
                _sqlite(connection).set_progress_handler(is_unwanted, _OPERATIONS)
            with connection.begin():
                return work(connection)
        except BaseException:
            self._disconnect()
            raise

    def _connected(self, identity: tuple[int, int]) -> Connection:
        if self._connection is None or identity != self._identity:
            self._disconnect()
            self._connection = self._engine.connect()
            self._identity = identity
        return self._connection

    def _identify(self) -> tuple[int, int]:
        """Return which file lies at the path; SQLite itself would write on into a removed one.

        The file is not opened for this: closing it again would drop the locks that
        SQLite holds in this process. Where this raises, an open connection is kept:
        closing it would empty its log into what lies there now.
        """
        try:
            found = os.stat(self._path)  # noqa: PTH116 -- the inode, and as cheap as can be
        except FileNotFoundError:
            raise StorageError(
                f"The database {self._path} is gone; put it back, or restart to begin a new one"
            ) from None
        if found.st_size == 0:
            # SQLite would throw away the write-ahead log beside an empty file.
            raise StorageError(empty(self._path))
        return found.st_dev, found.st_ino

    def _leave(self) -> None:
        with contextlib.suppress(StorageError, OSError):
            self._identify()
            self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError, sqlite3.Error, OSError):
                connection.close()


def _sqlite(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    if not isinstance(found, sqlite3.Connection):
        raise TypeError("this is no connection of SQLite's")
    return found
