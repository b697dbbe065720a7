"""The configuration over time: read again for a login, and never lost while it is edited."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from monserv.clock import ManualClock
from monserv.errors import SettingsError
from monserv.sshconfig.answer import Answer
from monserv.sshconfig.book import FRESH_SECONDS, Book


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.touch(0o600)
    path.write_text("Host nas\n  User joe\n")
    return path


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def book(path: Path, clock: ManualClock) -> Book:
    book = Book(path, clock, "me")
    book.open()
    return book


def test_what_changes_counts_at_the_next_login(book: Book, path: Path, clock: ManualClock) -> None:
    assert book.ask("nas") == Answer(user="joe")
    path.write_text("Host nas\n  User ann\n")
    # A thousand servers that log in at once read it once.
    assert book.ask("nas") == Answer(user="joe")
    clock.advance(FRESH_SECONDS)
    assert book.ask("nas") == Answer(user="ann")
    assert book.ask("nas", "own", 23) == Answer(user="own", port=23)
    assert book.ask("other") == Answer()


def test_what_was_answered_is_remembered_within_bounds(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.sshconfig.book.MAX_ANSWERS", 10)
    for number in range(100):
        assert book.ask(f"web{number}") == Answer()
        assert book.ask("nas") is book.ask("nas")
    assert len(book._answers) <= 10


def test_one_that_breaks_keeps_what_it_said_and_is_told_of_once(
    book: Book, path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "monserv.sshconfig")
    for text in ("Port x\n", "Port x\n"):
        path.write_text(text)
        clock.advance(FRESH_SECONDS)
        assert book.ask("nas") == Answer(user="joe")
    (record,) = caplog.records
    assert record.getMessage() == (
        f"{path}, line 1: the port is no number from 1 to 65535; "
        "what it said before goes on counting"
    )
    path.write_text("User mended\n")
    clock.advance(FRESH_SECONDS)
    assert book.ask("nas") == Answer(user="mended")


def test_a_broken_one_stops_a_start_and_says_what_leaves_it_unread(
    path: Path, clock: ManualClock
) -> None:
    path.write_text("User joe\nHost\n")
    with pytest.raises(SettingsError) as raised:
        Book(path, clock, "me").open()
    assert str(raised.value) == (
        f"MONSERV_SSH_CONFIG: {path}, line 2: Host names no pattern; "
        "MONSERV_SSH_CONFIG=none leaves it unread"
    )


def test_what_only_a_program_could_decide_is_never_run_and_told_in_one_line(
    path: Path, tmp_path: Path, clock: ManualClock
) -> None:
    canary = tmp_path / "ran"
    path.write_text(
        f'Match exec "touch {canary}"\n  User evil\nMatch !exec false\n  User evil\n'
        "Match host nas localnetwork 10.0.0.0/8\n  User evil\nMatch host nas\n  User fine\n"
    )
    book = Book(path, clock, "me")
    book.open()
    assert book.ask("nas") == Answer(user="fine")
    (remark,) = book.remarks()
    assert remark == (
        f"{path}, line 1: Match exec is not decided here, where nothing is executed: its block "
        "counts for no server (and 2 more)"
    )
    assert not canary.exists()


def test_without_a_file_nothing_is_said(clock: ManualClock) -> None:
    book = Book(None, clock, "me")
    book.open()
    assert (book.ask("nas", "joe", 22), book.remarks()) == (Answer(user="joe", port=22), ())
