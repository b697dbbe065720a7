"""A test that measures time and fails beside others measures once more, alone."""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol  # as plugins that repeat tests do

from tests.kit.turns import Turns

# The property of a report that says why its test was repeated.
REASON = "measured once more, alone"


class Again:
    """The hooks of it, in one lane.

    What neighbours do to a time, they do not do twice: whoever is too slow alone fails.
    """

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Return True if the test was run here, and None to leave it to pytest."""
        if item.get_closest_marker("timed") is None:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        failures = [report for report in reports if report.when == "call" and report.failed]
        if failures:
            self._turns.begin(is_alone=True)
            item.user_properties.append((REASON, _cause(failures[0])))
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True


def repeated(reports: list[pytest.TestReport]) -> list[str]:
    """Return a line for each test that passed when it was alone."""
    return [
        f"{report.nodeid}: {cause}"
        for report in reports
        for name, cause in report.user_properties
        if name == REASON
    ]


def _cause(report: pytest.TestReport) -> str:
    lines = [line[1:].strip() for line in report.longreprtext.splitlines() if line[:1] == "E"]
    return lines[0] if lines else ""
