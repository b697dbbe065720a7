"""What the test command adds to pytest: a read-only checkout, and a word at the end."""

from __future__ import annotations

import os

import hypothesis
import pytest

from tests.kit.steps import REMARKS


def pytest_configure() -> None:
    if not os.access(".", os.W_OK):
        hypothesis.settings.register_profile("read-only", database=None)
        hypothesis.settings.load_profile("read-only")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what else of the test command went wrong."""
    remarks = os.environ.get(REMARKS, "")
    if remarks:
        terminalreporter.section("the test command", red=True)
        for remark in remarks.splitlines():
            terminalreporter.line(remark)
