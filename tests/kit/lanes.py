"""Several lanes at once: what begins first, what stays together, and who runs alone.

A lane is a process of pytest-xdist, or the run that gevent has patched.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from gevent import monkey
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.kit.turns import Turns

# Folders that stay in one lane as files do: two of these Chromiums would take both processors.
TOGETHER = ("tests/browser/",)
# What only computes, or runs before the patch, is the same in the run that gevent has patched.
# The calls that are fuzzed have other tests, which run there.
UNPATCHED = (
    "tests/alerts/",
    "tests/bench/",
    "tests/probe/",
    "tests/setup/",
    "tests/web/asyncapi/",
    "tests/wire/",
    "tests/test_config.py",
    "tests/test_conformance.py",
    "tests/web/test_schema_fuzz",
)


class Lane:
    """The hooks of one lane, which waits for its ``turns``."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if monkey.is_module_patched("threading"):
            left_out = [item for item in items if item.nodeid.startswith(UNPATCHED)]
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if not item.nodeid.startswith(UNPATCHED)]
        # The long ones begin first, so that the short ones fill up what is left at the end.
        items.sort(key=lambda item: (_runs_alone(item), item.get_closest_marker("real") is None))

    # Outside of everything else, so that waiting counts for no test's time limit.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        self._turns.begin(is_alone=_runs_alone(item))
        try:
            return (yield)
        finally:
            if nextitem is None or not _runs_alone(nextitem):
                self._turns.end()

    def pytest_unconfigure(self) -> None:
        self._turns.close()


class Scheduling(LoadFileScheduling):
    """Gives out files, and a few folders, as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        for folder in TOGETHER:
            if nodeid.startswith(folder):
                return folder
        return super()._split_scope(nodeid)


def scheduling(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Return it where files are to be kept together, which is what the test command asks for."""
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def _runs_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None
