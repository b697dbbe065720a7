"""What a lane runs at its end, alone: no neighbour is slowed by it, and none of them waits for it.

Those are tests that are ``alone``, and those that failed beside others and are tried again.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import pytest

from tests.kit.turns import Turns


@dataclass(frozen=True)
class Waiting:
    """A test that waits for the end of its lane, with what was reported of a first try."""

    item: pytest.Item
    reports: tuple[pytest.TestReport, ...] = ()


class Late:
    """The hooks of it, in one lane, which is busy until only this is left."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._waiting: list[Waiting] = []
        self.has_begun = False

    def add(self, waiting: Waiting) -> None:
        self._waiting.append(waiting)

    def pytest_collection(self) -> None:
        self._turns.begin()

    # Outside of everything else, so that waiting counts for no test's time limit.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        done = yield
        if nextitem is None and not self.has_begun:
            self.has_begun = True
            if self._waiting:
                self._turns.wait_to_be_alone()
                self._run_all(item)
            self._turns.end()
        return done

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Say what failed and was never tried again, as the lane was told to stop before."""
        for one in self._waiting:
            _point_at(one.item)
            for report in one.reports:
                one.item.ihook.pytest_runtest_logreport(report=report)
        self._waiting.clear()

    def pytest_unconfigure(self) -> None:
        self._turns.close()

    def _run_all(self, last: pytest.Item) -> None:
        while self._waiting:
            one = self._waiting.pop(0)
            _point_at(one.item)
            one.item.ihook.pytest_runtest_protocol(item=one.item, nextitem=self._next(one))
        _point_at(last)

    def _next(self, one: Waiting) -> pytest.Item | None:
        """Return with what ``one`` may share its fixtures; one that is tried again has its own."""
        after = self._waiting[0] if self._waiting else one
        return None if one.reports or after.reports or after is one else after.item


def _point_at(item: pytest.Item) -> None:
    """Let a worker of pytest-xdist know of which test the next reports are."""
    for plugin in item.config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor":
            plugin.item_index = item.session.items.index(item)
