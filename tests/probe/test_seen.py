from __future__ import annotations

import pytest

from monserv.probe.process_table import ProcessRow
from monserv.probe.processes import MAX_RSS_PAGES, MAX_STARTED_TICKS
from monserv.probe.seen import Seen

LONGEST_PAGE = 9999 * 1024


def test_each_process_is_found_by_its_pid_with_its_start_and_its_bytes() -> None:
    rows = [ProcessRow(1, "init", 3, 10), ProcessRow(70, "sh", 500, 0)]
    seen = Seen(rows, 4096)
    assert seen == {1: (3, 40960), 70: (500, 0)}
    assert (list(seen), len(seen), seen.get(2)) == ([1, 70], 2, None)
    with pytest.raises(KeyError):
        seen[2]


def test_the_largest_numbers_that_are_read_fit_in() -> None:
    seen = Seen([ProcessRow(9_999_999_999, "x", MAX_STARTED_TICKS, MAX_RSS_PAGES)], LONGEST_PAGE)
    assert seen == {9_999_999_999: (MAX_STARTED_TICKS, MAX_RSS_PAGES * LONGEST_PAGE)}
