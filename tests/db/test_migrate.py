"""A database is made or upgraded as a whole, with a backup, or left as it was."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from monserv.db import migrate as migrations
from monserv.db.journal import Journal
from monserv.db.migrate import migrate
from monserv.db.tables import metadata
from monserv.errors import StorageError
from tests.db.upgrade import NEXT, NOW, next_version
from tests.db.world import Alerts, Ears, Place, Process

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def nowhere(tmp_path: Path) -> Place:
    return Place(tmp_path / "a" / "b" / "monserv.db")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_database_is_made_with_its_folder_for_this_user_alone(nowhere: Place) -> None:
    migrate(nowhere.url)
    assert nowhere.rows() == []
    assert nowhere.ask("PRAGMA journal_mode") == [("wal",)]
    assert mode(nowhere.path) == 0o600
    assert mode(nowhere.path.parent) == 0o700
    assert list(nowhere.path.parent.iterdir()) == [nowhere.path]


def test_migrating_again_changes_nothing(place: Place) -> None:
    place.path.chmod(0o644)
    before = place.path.read_bytes()
    migrate(place.url)
    assert place.path.read_bytes() == before
    assert mode(place.path) == 0o600
    assert list(place.path.parent.iterdir()) == [place.path]


def test_the_migrations_make_exactly_the_tables_of_the_code(place: Place) -> None:
    engine = create_engine(place.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        kept = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'transitions'"))
        constraints = kept.scalar_one()
    engine.dispose()
    names = {str(one.name) for one in metadata.tables["transitions"].constraints}
    assert {name for name in names if name not in constraints} == set()


def test_an_upgrade_keeps_every_row_and_the_old_database_beside_it(
    place: Place, process: Process, ears: Ears, alerts: Alerts, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.begin(ears).record([alerts.raised(), alerts.raised()])
    process.end()
    next_version(monkeypatch.setattr, place.path.parent / "migrations")
    migrate(place.url)
    assert place.ask("SELECT version_num FROM alembic_version") == [(NEXT,)]
    assert place.ask("SELECT event_id, note = message FROM transitions") == [
        ("event-1", 1),
        ("event-2", 1),
    ]
    backup = Place(place.path.with_name(f"monserv.db.before-{NOW}"))
    assert backup.ask("SELECT version_num FROM alembic_version") == [(NOW,)]
    assert backup.has_once("event-1", "event-2")
    assert (mode(place.path), mode(backup.path)) == (0o600, 0o600)


def test_nobody_else_writes_during_an_upgrade(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_migrations = migrations._run_migrations

    def run(file: Path, path: Path) -> None:
        with (
            contextlib.closing(sqlite3.connect(place.path, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("SELECT * FROM transitions")
        run_migrations(file, path)

    next_version(monkeypatch.setattr, place.path.parent / "migrations")
    monkeypatch.setattr(migrations, "_run_migrations", run)
    migrate(place.url)
    assert place.ask("SELECT version_num FROM alembic_version") == [(NEXT,)]


def test_an_upgrade_waits_for_nobody_for_ever_and_leaves_a_database_in_use_alone(
    place: Place, journal: Journal, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.record([alerts.raised()])
    assert journal.settle(30)
    next_version(monkeypatch.setattr, place.path.parent / "migrations")
    monkeypatch.setattr("monserv.db.migrate.LOCK_TIMEOUT_SECONDS", 0.1)
    with pytest.raises(StorageError) as refusal:
        migrate(place.url)
    assert str(refusal.value) == f"The database {place.path} is locked by another program"
    assert place.ask("SELECT version_num FROM alembic_version") == [(NOW,)]
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert place.has_once("event-1", "event-2")


def test_a_migration_that_fails_leaves_the_old_database(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version(monkeypatch.setattr, place.path.parent / "migrations", sql="SELECT * FROM nowhere")
    with pytest.raises(StorageError, match="no such table: nowhere"):
        migrate(place.url)
    assert place.ask("SELECT version_num FROM alembic_version") == [(NOW,)]
    assert [path.name for path in sorted(place.path.parent.iterdir())] == [
        "migrations",
        "monserv.db",
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "is empty; restore it from a backup, or remove it and restart to begin a new one"),
        (b"This is no database. " * 1000, "is damaged or no SQLite database; move it away"),
    ],
)
def test_what_is_empty_or_damaged_is_refused_and_never_overwritten(
    place: Place, content: bytes, text: str
) -> None:
    place.path.write_bytes(content)
    with pytest.raises(StorageError) as refusal:
        migrate(place.url)
    assert str(refusal.value).endswith(f"{place.path} {text}")
    assert place.path.read_bytes() == content


def test_damaged_pages_are_refused_and_never_overwritten(place: Place) -> None:
    content = place.path.read_bytes()
    damaged = content[:4096] + b"\xff" * (len(content) - 4096)
    place.path.write_bytes(damaged)
    with pytest.raises(StorageError, match=r"is damaged; move it away or restore a backup$"):
        migrate(place.url)
    assert place.path.read_bytes() == damaged


def test_a_log_whose_database_is_missing_is_not_thrown_away(nowhere: Place) -> None:
    nowhere.path.parent.mkdir(parents=True)
    log = nowhere.path.with_name("monserv.db-wal")
    log.write_bytes(b"the only copy of what happened last")
    with pytest.raises(StorageError, match=r"is missing, but its write-ahead log .* is there"):
        migrate(nowhere.url)
    assert log.read_bytes() == b"the only copy of what happened last"
    assert not nowhere.path.exists()


def test_a_folder_or_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be opened$"):
        migrate(f"sqlite:///{tmp_path}")
    assert mode(tmp_path) == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot be used: File exists$"):
        migrate(f"sqlite:///{tmp_path / 'file' / 'monserv.db'}")


@pytest.mark.real
def test_the_command_reads_the_url_from_its_input_and_refuses_in_one_line(nowhere: Place) -> None:
    def run(url: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "monserv.db.migrate"]
        done = subprocess.run(command, input=url, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    assert run(f"{nowhere.url}\n") == (0, "", "")
    assert nowhere.rows() == []
    # What finds nothing to do waits for no import of what it would be done with.
    code = (
        "import sys; from monserv.db import migrate; code = migrate.main(); "
        "sys.exit(code or {'sqlalchemy', 'alembic'} & {*sys.modules} or 0)"
    )
    again = [sys.executable, "-c", code]
    subprocess.run(again, input=f"{nowhere.url}\n", text=True, check=True)
    refused = "DATABASE_URL is no database URL; write sqlite:////absolute/path/monserv.db\n"
    assert run("nonsense\n") == (2, "", refused)
