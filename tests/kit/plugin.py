"""Says at the end of pytest's report what else of the test command went wrong."""

from __future__ import annotations

import os

import pytest

from tests.kit.steps import REMARKS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    remarks = os.environ.get(REMARKS, "")
    if remarks:
        terminalreporter.section("the test command", red=True)
        for remark in remarks.splitlines():
            terminalreporter.line(remark)
