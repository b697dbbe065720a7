"""A migration that is killed before any of its steps leaves the old database or the new one."""

from __future__ import annotations

import itertools
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.db.killing import Mortals, copied
from tests.db.upgrade import NEXT, NOW
from tests.db.world import Place

pytestmark = pytest.mark.real


def killed_before_each_step(place: Place, task: str, *, before: Path | None) -> Iterator[None]:
    """Yield after each kill, and at last after a run that nothing killed."""
    folder = place.path.parent
    with Mortals(folder) as mortals:
        for step in itertools.count(1):
            for left in folder.glob("monserv.db*"):
                left.unlink()
            if before is not None:
                for file in before.iterdir():
                    shutil.copy(file, folder)
            code = mortals.run(task, step)
            assert code in {0, -signal.SIGKILL}
            yield
            if code == 0:
                assert step > 20
                return
            # What a killed run leaves does not keep the next one from its work.
            if step % 5 == 0:
                assert mortals.run(task, 0) == 0


def version(place: Place) -> str:
    assert place.ask("PRAGMA integrity_check") == [("ok",)]
    return str(place.ask("SELECT version_num FROM alembic_version")[0][0])


def test_making_a_database_leaves_none_or_a_whole_one(tmp_path: Path) -> None:
    place = Place(tmp_path / "data" / "monserv.db")
    place.path.parent.mkdir()
    for _ in killed_before_each_step(place, "make", before=None):
        if place.path.exists():
            assert version(place) == NOW
            assert place.rows() == []
    assert [file.name for file in place.path.parent.iterdir()] == ["monserv.db"]


def test_an_upgrade_leaves_the_old_database_or_the_new_one_with_the_old_beside_it(
    place: Place, tmp_path: Path
) -> None:
    folder, before = place.path.parent, tmp_path / "before"
    with Mortals(folder) as mortals:
        # Long enough for something to be written, however busy the machine is.
        mortals.kill_after(1.5, "live", 1)
    copied(place, before)
    rows = copied(place, tmp_path / "copy").rows()
    assert rows
    seen = set()
    for _ in killed_before_each_step(place, "upgrade", before=before):
        found = copied(place, tmp_path / "copy")
        now = version(found)
        seen.add(now)
        assert found.rows() == rows
        if now == NEXT:
            assert found.ask("SELECT count(*) FROM transitions WHERE note IS NULL") == [(0,)]
            backup = Place(folder / f"monserv.db.before-{NOW}")
            assert version(backup) == NOW
            assert backup.rows() == rows
    assert seen == {NOW, NEXT}
    left = {file.name for file in folder.glob("monserv.db*")}
    assert left == {"monserv.db", f"monserv.db.before-{NOW}"}
