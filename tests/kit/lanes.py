"""Several lanes at once: what begins first, what stays together, and who runs alone.

A lane is a process of pytest-xdist, or the run that gevent has patched.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.kit.turns import Turns

# Fixtures so dear that one lane alone has them: a Chromium, and a download of every wheel.
DEAR = ("browser", "wheels")


class Lane:
    """The hooks of one lane; ``folder`` is common to all of them."""

    def __init__(self, folder: Path) -> None:
        self._turns = Turns(folder)

    @pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups right after
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        arrange(items)

    # Outside of everything else, so that waiting counts for no test's time limit.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        self._turns.begin(is_alone=runs_alone(item))
        try:
            return (yield)
        finally:
            if nextitem is None or not runs_alone(nextitem):
                self._turns.end()

    def pytest_unconfigure(self) -> None:
        self._turns.close()


def arrange(items: list[pytest.Item]) -> None:
    """Put the long ones first and those that run alone last; keep together what shares."""
    items.sort(key=lambda item: (runs_alone(item), item.get_closest_marker("real") is None))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def runs_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


def _group(item: pytest.Item) -> str:
    if runs_alone(item):
        return "alone"
    for fixture in DEAR:
        if fixture in getattr(item, "fixturenames", ()):
            return fixture
    return item.nodeid.partition("::")[0]
