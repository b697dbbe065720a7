"""One call of the description, asked with whatever the description allows, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, core, engine, generation, openapi, python, specs, transport
from schemathesis.checks import load_all_checks
from schemathesis.pytest.lazy import get_all_tests

from tests.web.site import Site

# What schemathesis loads when it is needed is loaded while nothing else runs: pytest rewrites
# it, and Python 3.11 cannot read a module as a tree in two threads at once.
for _part in (core, engine, generation, openapi, python, specs, transport):
    for _found in walk_packages(_part.__path__, f"{_part.__name__}."):
        if not _found.name.startswith("schemathesis.specs.graphql"):
            import_module(_found.name)
load_all_checks()


def fuzz(
    call: str, examples: int, can_be: Callable[[Any, Case[Any]], bool], ask: Callable[..., None]
) -> None:
    """Give ``ask`` each case of a call (``"GET /healthz"``) that ``can_be``, by its name ``case``.

    Which cases there are is worked out here, since that takes seconds for all calls together.
    """
    method, path = call.split()
    described = _described(can_be).include(method=method, path=path)
    # The same examples each time, however long they take.
    chosen = settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    tests = get_all_tests(schema=described, test_func=ask, settings=chosen, given_kwargs=None)
    (found,) = tests
    _, run = found.ok()
    run()


@cache
def _described(can_be: Callable[[Any, Case[Any]], bool]) -> Any:
    described = schemathesis.openapi.from_wsgi("/swagger/doc.json", Site().app)
    described.hook("filter_case")(can_be)
    return described
