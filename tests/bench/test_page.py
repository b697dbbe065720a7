"""What Chromium traced is read, and what was measured is held against the goals."""

from __future__ import annotations

from typing import Any

import pytest

from bench.page import tasks
from bench.page.measurement import Figure


@pytest.mark.parametrize(
    ("figure", "is_missed"),
    [
        (Figure("a", 1.0), False),
        (Figure("a", None), False),
        (Figure("a", None, most=5), True),
        (Figure("a", 5.0, most=5), False),
        (Figure("a", 5.1, most=5), True),
        (Figure("a", 95.0, least=95), False),
        (Figure("a", 94.0, least=95), True),
    ],
)
def test_a_goal_is_missed_by_what_is_beyond_it_or_was_not_measured(
    figure: Figure, is_missed: bool
) -> None:
    assert figure.is_missed is is_missed
    assert len(list(figure.row())) == 4


def _task(at: int, cpu_ms: float, *, pid: int = 7, tid: int = 1) -> dict[str, Any]:
    name = "ThreadControllerImpl::RunTask"
    return {"name": name, "pid": pid, "tid": tid, "ts": at, "dur": 10**6, "tdur": 1000 * cpu_ms}


def test_tasks_of_the_main_thread_count_from_the_first_paint_on_by_the_processors_time() -> None:
    def thread(tid: int, name: str) -> dict[str, Any]:
        return {"name": "thread_name", "pid": 7, "tid": tid, "args": {"name": name}}

    events = [
        {"name": "firstContentfulPaint", "pid": 7, "tid": 1, "ts": 100},
        *(thread(1, "CrRendererMain"), thread(2, "Compositor")),
        *(_task(50, 90), _task(120, 30), _task(150, 70), _task(150, 80, tid=2)),
        *(_task(150, 60, pid=8), {"name": "RunTask", "pid": 7, "tid": 1, "ts": 200}),
    ]
    assert tasks.told_by(events) == [30, 70]
    assert tasks.blocking_ms([30, 70, 50.5]) == 20.5
