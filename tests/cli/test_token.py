"""``monserv token``: its text alone goes to the standard output, once."""

from __future__ import annotations

import re

import pytest

from monserv.setup import usage
from tests.cli.typing import Type


def test_a_token_is_shown_once_alone_on_its_line_and_kept_as_a_digest(
    typed: Type, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = typed("token", "create", "backup script", "--scope", "manage", "--tag", "prod")
    assert re.fullmatch(r"mst_[A-Za-z0-9_-]{43}\n", made.out)
    assert "it is shown only now" in made.err
    listed = typed("token", "list").out
    row = r"^[0-9a-f]{12}  backup script  -     manage  servers tagged prod  until 20"
    assert re.search(row, listed, re.MULTILINE)
    assert made.out.strip() not in listed


def test_a_token_is_revoked_by_name_or_by_id(typed: Type) -> None:
    for name in ("one", "two", "two"):
        typed("token", "create", name, "--days", "0")
    assert typed("token", "revoke", "one").code == 0
    refused = typed("token", "revoke", "one")
    listing = f"{usage.COMMAND} token list shows all"
    assert refused.err == f"monserv: There is no token with this name or id; {listing}\n"
    assert refused.code == 2
    assert "Several tokens" in typed("token", "revoke", "two").err
    ids = re.findall(r"^[0-9a-f]{12}", typed("token", "list").out, re.MULTILINE)
    assert [typed("token", "revoke", one).code for one in ids] == [0, 0]


def test_a_token_of_nobody_known_is_refused(typed: Type) -> None:
    refused = typed("token", "create", "x", "--user", "anna")
    assert (refused.code, refused.err) == (2, "monserv: There is no account named anna\n")
