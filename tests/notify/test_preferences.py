"""What is set about notifications is kept, and what makes no sense there is as if never set."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.clock import ManualClock
from monserv.db.engine import Database
from monserv.errors import StorageError
from monserv.model.alert import Severity
from monserv.model.channel import NotifySettings
from monserv.model.secret import Secret
from monserv.model.settings import Settings
from monserv.model.telling import Choice, Telling
from monserv.notify import preferences
from monserv.notify.notifier import Notifier
from tests.db.world import Place

SET = Telling(60, {"json": Choice(is_on=False), "old": Choice(min_severity=Severity.CRITICAL)})


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    database = Database(place.url)
    yield database
    database.close()


def test_what_is_written_is_read() -> None:
    assert preferences.read(preferences.written(SET)) == SET


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_makes_no_sense_is_the_default(value: Any) -> None:
    for stored in ({"cooldown_minutes": value}, {"channels": value}, {"channels": {"a": value}}):
        found = preferences.read(stored)
        assert 0 <= found.cooldown_minutes <= 1440
        assert found.choice("b") == Choice()


def notifier(place: Place, database: Database) -> Notifier:
    links = NotifySettings(links=(Secret("json://127.0.0.1:1"),))
    settings = Settings(place.path.parent, place.url, notify=links)
    return Notifier(settings, database, ManualClock())


def test_it_outlives_the_process_and_follows_the_row(place: Place, database: Database) -> None:
    first = notifier(place, database)
    first.start()
    assert first.telling == Telling()
    assert first.change(lambda _before: SET) == SET
    first.stop(5)
    second = notifier(place, database)
    second.start()
    assert second.telling == SET
    second.stop(5)


def test_what_the_database_does_not_take_has_not_happened(
    place: Place, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = notifier(place, database)

    def fail(*_: object) -> None:
        raise StorageError("The disk is full")

    one.change(lambda _before: SET)
    monkeypatch.setattr(database, "write", fail)
    with pytest.raises(StorageError):
        one.change(lambda _before: Telling())
    assert one.telling == SET


def test_a_row_that_is_damaged_is_told_and_the_defaults_count(
    place: Place, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    notifier(place, database).change(lambda _before: SET)
    place.ask("UPDATE preferences SET value = '[' ")
    caplog.set_level(logging.ERROR)
    damaged = notifier(place, database)
    damaged.start()
    assert damaged.telling == Telling()
    assert ["makes no sense" in one for one in caplog.messages] == [True]
    damaged.stop(5)
