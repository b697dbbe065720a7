"""What several runs of Lighthouse say together."""

from __future__ import annotations

from bench.page.lighthouse import median


def test_the_score_is_the_median_and_not_the_best() -> None:
    assert median([90.0, 99.0, 94.0, 82.0, 97.0]) == 94.0


def test_a_run_that_said_nothing_is_left_out() -> None:
    assert median([90.0, None, 94.0, 92.0, None]) == 92.0


def test_without_a_score_in_most_runs_there_is_none() -> None:
    assert median([90.0, None, None, 95.0]) is None
    assert median([None] * 5) is None
