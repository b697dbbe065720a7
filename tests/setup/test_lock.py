from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from monserv.errors import StartRefused
from monserv.setup import lock


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_second_one_is_refused_with_the_process_of_the_first(tmp_path: Path) -> None:
    file = lock.hold(tmp_path)
    try:
        with pytest.raises(StartRefused, match=rf"already runs on .* \(process {os.getpid()}\)"):
            lock.hold(tmp_path)
    finally:
        os.close(file)
    os.close(lock.hold(tmp_path))


def test_checking_leaves_the_directory_free(tmp_path: Path) -> None:
    lock.check(tmp_path)
    lock.check(tmp_path)


def test_the_data_directory_is_made_for_this_user_alone(tmp_path: Path) -> None:
    lock.make_directory(tmp_path / "a" / "data")
    assert mode(tmp_path / "a" / "data") == 0o700


def test_our_own_directory_is_closed_and_that_of_others_is_left(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder, content in ((ours, lock.LOCK), (theirs, "something else")):
        folder.mkdir()
        folder.chmod(0o755)
        (folder / content).touch()
        lock.make_directory(folder)
    assert (mode(ours), mode(theirs)) == (0o700, 0o755)


def test_a_directory_that_cannot_be_is_refused_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartRefused, match="MONSERV_DATA_DIR"):
        lock.make_directory(tmp_path / "file" / "data")
