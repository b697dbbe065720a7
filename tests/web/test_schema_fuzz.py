"""Every call of the description, with whatever the description allows, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from monserv.model.account import Scope
from tests.accounts.world import World
from tests.web.guarded import Guarded, bearer
from tests.web.site import Site

DESCRIPTION = schemathesis.openapi.from_wsgi("/swagger/doc.json", Site().app)
# gunicorn alone can open the stream; its refusals have tests of their own.
FUZZED = DESCRIPTION.exclude(path="/ws")
PUBLIC = {"/healthz", "/readyz"}
SERVERS = "/api/v1/servers"


def can_be_described(_context: Any, case: Case[Any]) -> bool:
    """Leave out what OpenAPI 3.1 cannot say.

    Empty values filter nothing, to is after from, and a new server has a host and a user
    where neither url nor id names it.
    """
    query = case.query or {}
    if isinstance(case.body, dict) and case.method == "POST" and case.path.startswith(SERVERS):
        named = [{"id"}, {"url"}, {"host", "username"}]
        if not any(names <= case.body.keys() for names in named):
            return False
    is_empty = any(value in ("", [], [""]) for value in query.values())
    return not is_empty and not {"from", "to"} <= query.keys()


FUZZED.hook("filter_case")(can_be_described)


def fuzzed(examples: int) -> settings:
    unhurried = list(HealthCheck)
    return settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=unhurried
    )


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Where a login is needed."""
    world = World(tmp_path_factory.mktemp("fuzz"))
    site = Guarded(world)
    site.populate()
    yield site
    world.end()


@pytest.fixture(scope="module")
def program(guarded: Guarded) -> dict[str, str]:
    """What a program with a token sends."""
    return bearer(guarded.token(Scope.MANAGE))


@FUZZED.parametrize()
@fuzzed(40)
def test_every_answer_is_as_declared(case: Case[Any]) -> None:
    case.call_and_validate()


@FUZZED.parametrize()
@fuzzed(20)
def test_every_answer_is_as_declared_to_a_program_with_a_token(
    case: Case[Any], guarded: Guarded, program: dict[str, str]
) -> None:
    case.call_and_validate(app=guarded.app, headers=program)


@FUZZED.parametrize()
@fuzzed(20)
def test_every_answer_is_as_declared_to_whoever_has_no_credential(
    case: Case[Any], guarded: Guarded
) -> None:
    answer = case.call_and_validate(app=guarded.app)
    assert answer.status_code in {401, 405} or case.path in PUBLIC
