"""What the test command adds to pytest: lanes, the patched run beside, a word at the end."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer

from tests.kit import again, lanes, steps
from tests.kit.beside import Beside
from tests.kit.late import Late
from tests.kit.steps import Step
from tests.kit.turns import Turns


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("the test command")
    # Texts, because they are sent on to each lane.
    group.addoption(steps.LANES, default="", help="the folder that all lanes share")
    group.addoption(steps.BESIDE, default="", help="the step that runs beside these tests")
    group.addoption(steps.REMARKS, default="", help="what is said at the end, a line each")


def pytest_configure(config: pytest.Config) -> None:
    if not os.access(".", os.W_OK):
        hypothesis.settings.register_profile("read-only", database=None)
        hypothesis.settings.load_profile("read-only")
    folder = config.getoption(steps.LANES)
    # The process that only hands tests out to workers is no lane.
    if folder and (hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"):
        late = Late(Turns(Path(folder)))
        config.pluginmanager.register(late, "late")
        config.pluginmanager.register(again.Again(late), "again")
        config.pluginmanager.register(lanes.Lane(), "lane")
    step = config.getoption(steps.BESIDE)
    if step and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Beside(Step.read(step)), "beside")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> lanes.Scheduling | None:
    return lanes.scheduling(config, log)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which tests were repeated, and what else of the test command went wrong."""
    for reason in (again.MEASURED, again.UNSTEADY):
        repeated = again.repeated(terminalreporter.getreports("passed"), reason)
        if repeated:
            terminalreporter.section(reason)
            for text in repeated:
                terminalreporter.line(text)
    remarks = config.getoption(steps.REMARKS)
    if remarks:
        terminalreporter.section("the test command", red=True)
        for remark in remarks.splitlines():
            terminalreporter.line(remark)
