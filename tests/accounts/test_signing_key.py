from __future__ import annotations

import stat
from pathlib import Path

import pytest

from monserv.accounts import signing_key


def test_it_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    key = signing_key.load(tmp_path)
    assert len(key) == 32
    assert signing_key.load(tmp_path) == key
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_that_others_could_read_is_closed_and_one_cut_short_is_made_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / signing_key.FILE
    path.write_bytes(b"k" * 32)
    path.chmod(0o644)
    assert signing_key.load(tmp_path) == b"k" * 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"k" * 5)
    assert len(signing_key.load(tmp_path)) == 32


def test_where_none_can_be_kept_there_is_one_for_this_process(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = tmp_path / "nowhere"
    assert signing_key.load(nowhere) != signing_key.load(nowhere)
    assert "sessions end with this process" in caplog.records[0].getMessage()
