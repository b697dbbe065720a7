"""One lane that writes durably, two that read, and how all end."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from gevent import monkey
from sqlalchemy import Connection, text

from monserv.db.engine import Database
from monserv.errors import StorageError, StorageTimeout
from tests.db.world import Locker, Place
from tests.waiting import fastest_seconds

native_sleep = monkey.get_original("time", "sleep")
RENAME = text("UPDATE alembic_version SET version_num = version_num")
COUNT = text("SELECT count(*) FROM transitions")


def count(connection: Connection) -> int:
    return int(connection.execute(COUNT).scalar_one())


def native_thread(_: Connection) -> int:
    return int(monkey.get_original("_thread", "get_ident")())


def test_every_commit_reaches_the_disk(database: Database) -> None:
    def settings(connection: Connection) -> tuple[object, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return tuple(connection.execute(text(f"PRAGMA {name}")).scalar() for name in names)

    full = 2
    assert database.write(30, settings) == ("wal", full, 1)


def test_reading_and_writing_run_in_native_threads_of_their_own(database: Database) -> None:
    ours = monkey.get_original("_thread", "get_ident")()
    writer, reader = database.write(30, native_thread), database.read(30, native_thread)
    browser = database.browse(30, native_thread)
    assert len({ours, writer, reader, browser}) == 4
    assert database.write(30, native_thread) == writer


def test_a_write_that_fails_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    def spoilt(connection: Connection) -> None:
        connection.execute(text("DELETE FROM alembic_version"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(30, spoilt)
    rows = database.write(30, lambda found: found.execute(RENAME).rowcount)
    assert rows == 1


def test_a_transaction_that_reads_first_keeps_others_from_writing_in_between(
    database: Database, place: Place
) -> None:
    def work(connection: Connection) -> int:
        count(connection)
        other = sqlite3.connect(place.path, isolation_level=None, timeout=0)
        with contextlib.closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute(str(RENAME))
        return connection.execute(RENAME).rowcount

    assert database.write(30, work) == 1


@pytest.mark.timed
def test_a_deferred_transaction_would_fail_at_once_whatever_the_timeout(place: Place) -> None:
    deferred = sqlite3.connect(place.path, isolation_level=None, timeout=5)
    deferred.execute("PRAGMA journal_mode = WAL").fetchall()
    other = sqlite3.connect(place.path, isolation_level=None)
    began_at = time.monotonic()
    deferred.execute("BEGIN")
    deferred.execute(str(COUNT)).fetchall()
    other.execute(str(RENAME))
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        deferred.execute(str(RENAME))
    assert time.monotonic() - began_at < 1
    deferred.close()
    other.close()


@pytest.mark.timed
def test_many_who_read_and_then_write_all_succeed(database: Database, place: Place) -> None:
    second = Database(place.url)
    problems: list[StorageError] = []

    def write_often(mine: Database) -> None:
        for _ in range(40):
            try:
                mine.write(30, lambda found: (count(found), found.execute(RENAME)))
            except StorageError as error:
                problems.append(error)

    threads = [threading.Thread(target=write_often, args=[one]) for one in (database, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    second.close()
    assert problems == []


@pytest.mark.timed
def test_reading_goes_on_while_another_holds_the_write_lock(
    database: Database, locker: Locker
) -> None:
    assert database.write(30, count) == 0
    locker.lock()
    assert database.read(30, count) == 0
    assert fastest_seconds(lambda: database.read(1, count)) < 0.3


def test_reading_that_nobody_waits_for_any_more_is_ended(database: Database) -> None:
    endless = text(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n FROM n) SELECT sum(n) FROM n"
    )
    for read in (database.read, database.browse):
        with pytest.raises(StorageTimeout):
            read(0.3, lambda found: found.execute(endless).scalar_one())
        assert read(30, count) == 0


def test_reading_cannot_write(database: Database, place: Place) -> None:
    for read in (database.read, database.browse):
        with pytest.raises(StorageError) as refusal:
            read(30, lambda found: found.execute(RENAME).rowcount)
        assert str(refusal.value) == f"The database {place.path} cannot be written: it is read-only"


def test_work_that_takes_too_long_is_left_behind(database: Database, place: Place) -> None:
    with pytest.raises(StorageTimeout) as late:
        database.write(0.1, lambda _: native_sleep(0.4))
    assert str(late.value) == f"The database {place.path} does not answer within 0.1 s"
    assert database.write(30, count) == 0


def test_an_absent_database_is_not_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'absent.db'}")
    with pytest.raises(StorageError, match=r"is gone; put it back"):
        database.read(30, count)
    with pytest.raises(StorageError, match=r"is gone; put it back"):
        database.write(30, count)
    database.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}")
    with pytest.raises(StorageError) as refusal:
        database.read(30, count)
    assert str(refusal.value) == f"The database {tmp_path} cannot be opened"
    database.close()


def test_after_the_end_every_call_is_refused(database: Database, place: Place) -> None:
    assert database.write(30, count) == 0
    database.close()
    database.close()
    for call in (database.read, database.write):
        with pytest.raises(StorageError) as refusal:
            call(1, count)
        assert str(refusal.value) == f"The database {place.path} has been closed"
    assert list(place.path.parent.iterdir()) == [place.path]


def test_odd_names_of_files_are_taken_as_they_are(place: Place) -> None:
    odd = place.path.rename(place.path.with_name("my data #1 100% ü.db"))
    database = Database(f"sqlite:///{odd}")
    assert database.write(30, count) == 0
    database.close()
    assert list(odd.parent.iterdir()) == [odd]
