"""A step that runs beside the tests, as a plugin of theirs: its verdict is part of their end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit.again import UNSTEADY
from tests.kit.steps import Running, Step

UNDECIDED = {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


class Beside:
    """Starts ``step`` with the tests, waits for it when they are over, and fails with it."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._running: Running | None = None
        self._verdict = ""

    def pytest_sessionstart(self) -> None:
        self._running = self._step.start(Path.cwd(), os.environ)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self._running is None or exitstatus == pytest.ExitCode.INTERRUPTED:
            return
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if not self._running.has_ended() and reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(f"waiting for {self._step.name} ...")
        passed = self._running.has_passed()
        self._verdict = "ok" if passed else "FAILED"
        if not passed and exitstatus in UNDECIDED:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._running is None or not self._verdict:
            return
        terminalreporter.section(f"{self._step.name}: {self._verdict}")
        output = self._running.output()
        # Of a step that passed, the last line is enough, unless something is to be mended.
        is_enough = self._verdict == "ok" and UNSTEADY not in output
        terminalreporter.line(output.rpartition("\n")[2] if is_enough else output)

    def pytest_unconfigure(self) -> None:
        if self._running is not None:
            self._running.close()
