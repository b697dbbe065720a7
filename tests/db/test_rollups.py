"""What is asked of the tables of history may be asked twice, and touches nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from monserv.db import rollups
from monserv.db.engine import Database
from monserv.model.rollup import Group, SeriesKey
from tests.db.world import Place

T = TypeVar("T")
CPU = SeriesKey("nas", "me@nas:22", Group.CPU)
ROOT = SeriesKey("nas", "me@nas:22", Group.DISK, "/")


def write(database: Database, *works: Callable[[Connection], object]) -> None:
    for work in works:
        database.write(30, work)


def ask(database: Database, work: Callable[[Connection], T]) -> T:
    return database.read(30, work)


def test_a_series_keeps_its_number(database: Database, place: Place) -> None:
    def number(connection: Connection) -> dict[SeriesKey, int]:
        return dict(rollups.numbered(connection, [CPU, ROOT], 7))

    first = database.write(30, number)
    again = Database(place.url)
    try:
        assert again.write(30, number) == first
    finally:
        again.close()
    assert ask(database, rollups.groups) == {first[CPU]: Group.CPU, first[ROOT]: Group.DISK}
    assert len(set(first.values())) == 2
    assert place.ask("SELECT DISTINCT seen_at FROM history_series") == [(7,)]
    mine = ask(database, lambda connection: rollups.of_server(connection, "nas", "me@nas:22"))
    assert mine == first
    assert ask(database, lambda connection: rollups.of_server(connection, "nas", "x@nas:22")) == {}


def test_a_point_that_is_written_again_is_replaced(database: Database) -> None:
    for text in (b"one", b"two"):
        rows = [(10, 1, text), (11, 1, b"x"), (10, 2, b"y")]
        write(database, lambda connection, rows=rows: rollups.store_points(connection, 0, rows))
    found = ask(database, lambda one: rollups.read_points(one, 0, range(10, 12), [1]))
    assert found == [(10, 1, b"two"), (11, 1, b"x")]
    assert ask(database, lambda one: rollups.read_points(one, 1, range(10, 12), [1])) == []
    assert ask(database, lambda one: rollups.oldest_point(one, 0)) == 10
    assert ask(database, lambda one: rollups.oldest_point(one, 0, 11)) == 11
    assert ask(database, lambda one: rollups.oldest_point(one, 0, 12)) is None


def test_blocks_replace_each_other_and_the_oldest_go_first(database: Database) -> None:
    for text in (b"one", b"two"):
        write(
            database,
            lambda one, text=text: rollups.store_blocks(one, 0, 5, {1: text, 2: b"z"}, 50),
            lambda one: rollups.store_blocks(one, 0, 6, {1: b"later"}, 60),
            lambda one: rollups.store_blocks(one, 1, 5, {1: b"coarse"}, 50),
        )
    found = ask(database, lambda one: rollups.read_blocks(one, 0, range(9), [1]))
    assert found == [(5, 1, b"two"), (6, 1, b"later")]
    assert database.write(30, lambda one: rollups.drop_blocks(one, 0, 6, 1)) == 1
    assert database.write(30, lambda one: rollups.drop_blocks(one, 0, 6, 9)) == 1
    assert database.write(30, lambda one: rollups.drop_blocks(one, 0, 6, 9)) == 0
    assert ask(database, lambda one: rollups.oldest_block(one, 0)) == 6
    assert ask(database, lambda one: rollups.oldest_block(one, 1)) == 5


def test_a_mark_goes_where_it_is_put(database: Database) -> None:
    assert ask(database, lambda one: rollups.mark(one, 1)) == 0
    for slot in (7, 7, 3):
        write(database, lambda one, slot=slot: rollups.set_mark(one, 1, slot))
    assert ask(database, lambda one: rollups.mark(one, 1)) == 3
    assert ask(database, lambda one: rollups.mark(one, 2)) == 0


def test_what_is_deleted_is_what_was_named(database: Database, place: Place) -> None:
    rows = [(slot, number, b"x") for slot in range(4) for number in range(1, 5)]
    write(
        database,
        lambda one: rollups.store_points(one, 0, rows),
        lambda one: rollups.store_points(one, 1, rows),
        lambda one: rollups.drop_points(one, 0, range(2), [2, 3]),
        lambda one: rollups.drop_series_points(one, 0, range(4), [1, 4]),
        lambda one: rollups.drop_future(one, 0, 3, 9),
    )
    left = place.ask("SELECT slot, series FROM history_points WHERE tier = 0 ORDER BY 1, 2")
    assert left == [(2, 2), (2, 3)]
    assert place.ask("SELECT count(*) FROM history_points WHERE tier = 1") == [(16,)]


def test_of_many_mount_points_those_are_told_that_were_seen_last(database: Database) -> None:
    keys = [
        SeriesKey("nas", "me@nas:22", Group.DISK, f"/{number}")
        for number in range(rollups.MAX_SERIES + 20)
    ]
    for place, key in enumerate(keys):
        write(database, lambda one, key=key, place=place: rollups.numbered(one, [key], place))
    told = ask(database, lambda one: rollups.of_server(one, "nas", "me@nas:22"))
    assert set(told) == set(keys[20:])
    old = ask(database, lambda one: rollups.unseen(one, 20))
    assert set(old) == set(keys[:20])
