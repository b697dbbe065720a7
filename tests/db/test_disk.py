"""A disk without room is refused before SQLite could be killed for want of it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from monserv.db import disk
from monserv.db.disk import require_room
from monserv.db.engine import Database
from monserv.errors import StorageError
from tests.db.world import Place


class Disk(NamedTuple):
    """What the system says of a file system; here it has blocks of 1 KiB."""

    f_blocks: int = 16_384
    f_bfree: int = 8_192
    f_bavail: int = 8_192
    f_frsize: int = 1_024
    f_flag: int = 0


def verdict(place: Place, monkeypatch: pytest.MonkeyPatch, found: Disk, *, is_root: bool) -> str:
    monkeypatch.setattr(disk.os, "statvfs", lambda _: found)
    monkeypatch.setattr(disk.os, "geteuid", lambda: 0 if is_root else 1000)
    try:
        require_room(place.path)
    except StorageError as error:
        return str(error).replace(str(place.path), "DATABASE")
    return "room"


FULL = "The disk is full: the database DATABASE cannot grow"


@pytest.mark.parametrize(
    ("found", "as_root", "as_user"),
    [
        (Disk(), "room", "room"),
        (Disk(f_bfree=1_024, f_bavail=1_024), "room", "room"),
        (Disk(f_bfree=1_023, f_bavail=1_023), FULL, FULL),
        (Disk(f_bfree=2_000, f_bavail=0), "room", FULL),
        (Disk(f_blocks=0, f_bfree=0, f_bavail=0), "room", "room"),
    ],
)
def test_a_disk_is_full_when_what_we_may_use_of_it_is_used(
    place: Place, monkeypatch: pytest.MonkeyPatch, found: Disk, *, as_root: str, as_user: str
) -> None:
    assert verdict(place, monkeypatch, found, is_root=True) == as_root
    assert verdict(place, monkeypatch, found, is_root=False) == as_user


def test_a_read_only_disk_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    read_only = Disk(f_flag=disk.os.ST_RDONLY)
    text = "The database DATABASE cannot be written: it is read-only"
    assert verdict(place, monkeypatch, read_only, is_root=True) == text


def test_nothing_is_written_to_a_full_disk_but_what_is_open_is_read(
    place: Place, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.read(30, lambda _: "read") == "read"
    assert database.write(30, lambda _: "written") == "written"
    monkeypatch.setattr(disk, "LEAST_FREE_BYTES", 2**60)
    with pytest.raises(StorageError) as refusal:
        database.write(30, lambda _: "written")
    assert str(refusal.value) == FULL.replace("DATABASE", str(place.path))
    assert database.read(30, lambda _: "read") == "read"
