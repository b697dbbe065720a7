from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.site import Site


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture(scope="session")
def shared_site() -> Site:
    """For tests that change nothing: to build the application takes longer than to ask it."""
    return Site()


@pytest.fixture(scope="session")
def fuzz() -> Callable[..., None]:
    """What asks one call, in the one lane that asks: to load it takes a tenth of collecting."""
    from tests.web import fuzzing  # not before a test needs it

    return fuzzing.fuzz
