"""Every call of the description, with whatever the description allows, and what it does not."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from tests.web.site import Site

DESCRIPTION = schemathesis.openapi.from_wsgi("/swagger/doc.json", Site().app)
# gunicorn alone can open the stream; its refusals have tests of their own.
FUZZED = DESCRIPTION.exclude(path="/ws")


def can_be_described(_context: Any, case: Case[Any]) -> bool:
    """Leave out what OpenAPI 3.1 cannot say.

    Empty values filter nothing, to is after from, and a new server has a host and a user
    where neither url nor id names it.
    """
    query = case.query or {}
    if isinstance(case.body, dict) and case.method == "POST":
        named = [{"id"}, {"url"}, {"host", "username"}]
        if not any(names <= case.body.keys() for names in named):
            return False
    is_empty = any(value in ("", [], [""]) for value in query.values())
    return not is_empty and not {"from", "to"} <= query.keys()


FUZZED.hook("filter_case")(can_be_described)


@FUZZED.parametrize()
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_declared(case: Case[Any]) -> None:
    case.call_and_validate()
