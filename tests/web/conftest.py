from __future__ import annotations

import pytest

from tests.web.site import Site


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture(scope="session")
def shared_site() -> Site:
    """For tests that change nothing: to build the application takes longer than to ask it."""
    return Site()
