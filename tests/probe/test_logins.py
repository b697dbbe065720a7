"""Who is logged in, as three programs print it."""

from __future__ import annotations

import pytest

from monserv.model.services import LoggedIn
from monserv.probe import logins
from monserv.probe.logins import logins as read


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # GNU in the C locale and in others.
        (
            "ada      pts/0        Jan  1 12:00 (10.0.0.7)",
            LoggedIn("ada", "pts/0", "Jan  1 12:00", "10.0.0.7"),
        ),
        (
            "ada      pts/0        2026-01-01 12:00 (fe80::1%eth0)",
            LoggedIn("ada", "pts/0", "2026-01-01 12:00", "fe80::1%eth0"),
        ),
        (
            "root     tty1         2026-01-01 12:00",
            LoggedIn("root", "tty1", "2026-01-01 12:00", ""),
        ),
        (
            "ada      pts/2        2026-01-01 12:00 (tmux(811).%0)",
            LoggedIn("ada", "pts/2", "2026-01-01 12:00", "tmux(811).%0"),
        ),
        # BusyBox, with the time that the terminal was idle.
        (
            "root            pts/0           00:03   Jan  1 12:00:00 10.0.0.7",
            LoggedIn("root", "pts/0", "Jan  1 12:00:00", "10.0.0.7"),
        ),
        (
            "root            ttyS0           .       Jan 11 12:00:00 ",
            LoggedIn("root", "ttyS0", "Jan 11 12:00:00", ""),
        ),
        (
            "root            tty1            old     Jan 11 12:00:00",
            LoggedIn("root", "tty1", "Jan 11 12:00:00", ""),
        ),
        # toybox.
        (
            "ada      pts/0    Thu Jan  1 12:00:00 2026 (10.0.0.7)",
            LoggedIn("ada", "pts/0", "Thu Jan  1 12:00:00 2026", "10.0.0.7"),
        ),
    ],
)
def test_a_line_is_somebody(line: str, expected: LoggedIn) -> None:
    assert read(f"{line}\n") == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "USER            TTY             IDLE    TIME             HOST\n",
        "who: not found\n",
        "\n",
    ],
)
def test_a_heading_is_nobody(text: str) -> None:
    assert read(text) == ()


def test_names_are_inert_and_a_flood_is_bounded() -> None:
    (found,) = read("\x1b[2J pts/0 2026-01-01 12:00 (<b>\x07)\n")
    assert (found.username, found.origin) == ("\\x1b[2J", "<b>\\x07")
    assert len(read("a pts/0 2026-01-01 12:00\n" * 9999)) == logins.MAX_LOGINS
