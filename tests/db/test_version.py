"""Which databases are ours to write into."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from monserv.db import version
from monserv.db.migrate import migrate
from monserv.db.revisions import MIGRATIONS
from monserv.errors import StorageError
from tests.db.world import Alerts, Ears, Place, Process

NEWER = (
    "The database {path} was written by a newer version of monserv (0999); "
    "start that version, or restore a backup"
)
FOREIGN = "The file {path} is a database of another program; let DATABASE_URL name another file"
OLDER = "The database {path} is of an older version; restart to upgrade it"


def of_a_newer_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()


def of_another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE transitions (event_id TEXT)")
    connection.close()


def of_no_version_yet(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.close()


def test_the_version_of_the_code_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == version.CURRENT


@pytest.mark.parametrize(
    ("make", "text"), [(of_a_newer_version, NEWER), (of_another_program, FOREIGN)]
)
def test_what_is_not_ours_is_refused_by_the_migration_and_left_as_it_is(
    place: Place, make: object, text: str
) -> None:
    assert callable(make)
    make(place.path)
    place.path.chmod(0o640)
    before = place.path.read_bytes()
    with pytest.raises(StorageError) as refusal:
        migrate(place.url)
    assert str(refusal.value) == text.format(path=place.path)
    assert place.path.read_bytes() == before
    assert place.path.stat().st_mode & 0o777 == 0o640
    assert list(place.path.parent.iterdir()) == [place.path]


@pytest.mark.parametrize(
    ("make", "text"),
    [(of_a_newer_version, NEWER), (of_another_program, FOREIGN), (of_no_version_yet, OLDER)],
)
def test_alerts_go_on_beside_a_database_that_is_not_ours_and_it_is_not_written(
    place: Place, process: Process, ears: Ears, alerts: Alerts, *, make: object, text: str
) -> None:
    assert callable(make)
    make(place.path)
    before = place.path.read_bytes()
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said == [("event-1", "alert", False)]
    assert journal.problem() == text.format(path=place.path)
    with pytest.raises(StorageError, match="database"):
        journal.active_alerts()
    process.end()
    assert place.path.read_bytes() == before
