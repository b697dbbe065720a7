"""A test that fails beside others may be run once more, alone, and the end of the run says so.

Those that measure time always may, and even alone they may once again: whoever shares the
machine is no neighbour that waits. Of the others only a few in each lane may: a machine that
is busy makes a rare accident, and what fails more often than that is broken.
"""

from __future__ import annotations

from collections import Counter

import pytest
from _pytest.runner import runtestprotocol  # as plugins that repeat tests do

from tests.kit.late import Late, Waiting

# The properties of a report that say why its test was repeated.
MEASURED = "measured once more, alone"
UNSTEADY = "failed beside others and passed alone: to be mended"
MAX_UNSTEADY = 2
MAX_MEASUREMENTS = 3


class Again:
    """The hooks of it, in one lane.

    What others do to a time, they hardly do each time: whoever is always too slow fails.
    """

    def __init__(self, late: Late) -> None:
        self._late = late
        self._chances = MAX_UNSTEADY
        self._measured: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Return True: the test was run here, or will be later."""
        if self._late.has_begun and not _measures(item):
            return None
        if item.get_closest_marker("alone") is not None and not self._late.has_begun:
            _forget(item, nextitem)
            self._late.add(Waiting(item))
            return True
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        failures = [report for report in reports if report.when != "teardown" and report.failed]
        if failures and (reason := self._reason(item)):
            # What it shares with the tests around it may be what failed: that begins anew too,
            # and what goes wrong then belongs to this failure.
            pytest.CallInfo.from_call(lambda: _forget_all(item), "teardown")
            item.user_properties.append((reason, _told(reason, failures[0])))
            self._late.add(Waiting(item, tuple(reports)))
            reports = []
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _reason(self, item: pytest.Item) -> str:
        """Return why this test may be repeated; empty when it may not."""
        if item.config.getoption("maxfail"):
            return ""
        if _measures(item):
            self._measured[item.nodeid] += 1
            return MEASURED if self._measured[item.nodeid] < MAX_MEASUREMENTS else ""
        if not self._chances:
            return ""
        self._chances -= 1
        return UNSTEADY


def repeated(reports: list[pytest.TestReport], reason: str) -> list[str]:
    """Return what is to be said of each test that was repeated for this reason, and passed."""
    return [
        f"{report.nodeid}: {told}"
        for report in reports
        for name, told in report.user_properties
        if name == reason
    ]


def _measures(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) is not None for name in ("timed", "alone"))


def _forget(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the fixtures that ``nextitem`` does not share, as if ``item`` had run before it."""
    # Plugins that repeat tests have no other way.
    state = item.session._setupstate
    call = pytest.CallInfo.from_call(lambda: state.teardown_exact(nextitem), "teardown")
    if call.excinfo is not None:
        report = pytest.TestReport.from_item_and_call(item, call)
        item.ihook.pytest_runtest_logreport(report=report)


def _forget_all(item: pytest.Item) -> None:
    item.session._setupstate.teardown_exact(None)


def _told(reason: str, report: pytest.TestReport) -> str:
    """Return the cause, or where it is unknown what a person needs to find it."""
    text = report.longreprtext
    if reason == UNSTEADY:
        return text
    lines = [line[1:].strip() for line in text.splitlines() if line[:1] == "E"]
    return lines[0] if lines else ""
