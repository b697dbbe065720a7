"""A goal is met or missed by the ratio of one run."""

from __future__ import annotations

import pytest

from bench.target_cost.__main__ import _verdict
from bench.target_cost.cost import Cost

SCRAPES = Cost("node_exporter", "scrape", 15.0, cpu_seconds=0.3, units=30, memory_bytes=0)


def polls(cpu_seconds: float) -> Cost:
    return Cost("monserv", "poll", 4.0, cpu_seconds, units=30, memory_bytes=0)


def test_a_cost_is_told_for_a_unit_and_for_a_second() -> None:
    cost = polls(0.12)
    assert (cost.each_ms, cost.ms_per_second) == (pytest.approx(4.0), pytest.approx(1.0))


@pytest.mark.parametrize(
    ("cpu_seconds", "code", "said"),
    [(0.15, 0, "met: 0.50 of at most 0.5"), (0.16, 1, "MISSED: 0.53 of at most 0.5")],
)
def test_half_of_a_scrape_is_the_goal(
    capsys: pytest.CaptureFixture[str], cpu_seconds: float, code: int, said: str
) -> None:
    assert _verdict(polls(cpu_seconds), [SCRAPES]) == code
    assert capsys.readouterr().out == f"{said}\n"


def test_without_node_exporter_the_goal_cannot_be_met(capsys: pytest.CaptureFixture[str]) -> None:
    assert _verdict(polls(0.01), []) == 1
    assert capsys.readouterr().out.startswith("MISSED: without node_exporter")
