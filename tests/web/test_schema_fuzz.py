"""Every call of the description, with whatever the description allows, and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monserv.imports.importer import Importer
from monserv.imports.unreadable import UnreadableError
from monserv.model.account import Scope
from monserv.model.candidate import FileKind
from tests.accounts.world import World
from tests.web.described import ASKABLE, PLAIN
from tests.web.guarded import Guarded, bearer

PUBLIC = {"/healthz", "/readyz"}
SERVERS = "/api/v1/servers"
IMPORT = "/api/v1/import/preview"


def can_be_described(_context: Any, case: Any) -> bool:
    """Leave out what OpenAPI 3.1 cannot say.

    Empty values filter nothing, to is after from, a jump server is one of the servers, and
    a new server has a host and a user where neither url nor id names it, and a file that names
    servers is one.
    """
    query = case.query or {}
    if isinstance(case.body, dict) and str(case.body.get("jump") or "").strip():
        return False
    if isinstance(case.body, dict) and case.method == "POST" and case.path.startswith(SERVERS):
        named = [{"id"}, {"url"}, {"host", "username"}]
        if not any(names <= case.body.keys() for names in named):
            return False
    if case.path == IMPORT and isinstance(case.body, dict) and not is_file(**case.body):
        return False
    is_empty = any(value in ("", [], [""], {}) for value in query.values())
    return not is_empty and not {"from", "to"} <= query.keys()


def is_file(text: Any = "", kind: Any = None, **_more: Any) -> bool:
    """Whether a text is a file that names servers, or is refused for another reason."""
    if not isinstance(text, str) or kind not in (None, *FileKind):
        return True
    importer = Importer()
    try:
        importer.read(text, kind and FileKind(kind))
    except UnreadableError:
        return False
    finally:
        importer.stop()
    return True


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    """Where a login is needed."""
    world = World(tmp_path_factory.mktemp("fuzz"), new_database)
    site = Guarded(world)
    site.populate()
    yield site
    world.end()


@pytest.fixture(scope="module")
def program(guarded: Guarded) -> dict[str, str]:
    """What a program with a token sends."""
    return bearer(guarded.token(Scope.MANAGE))


# What is asked is worked out once for all three, since that takes longer than the answers.
@pytest.mark.parametrize("call", ASKABLE)
def test_every_answer_is_as_declared_with_and_without_a_login_and_where_none_is_needed(
    call: str, guarded: Guarded, program: dict[str, str], fuzz: Callable[..., None]
) -> None:
    def ask(case: Any) -> None:
        case.call_and_validate(headers=PLAIN)
        case.call_and_validate(app=guarded.app, headers=PLAIN | program)
        answer = case.call_and_validate(app=guarded.app, headers=PLAIN)
        assert answer.status_code in {401, 405} or case.path in PUBLIC

    fuzz(call, 15, can_be_described, ask)
