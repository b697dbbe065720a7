"""What a file that names servers is shown as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from monserv.model.candidate import Candidate, Reading

# What hostile text may take of a page; whatever is longer cannot be added.
_MOST = 400


def with_user(one: Candidate, username: str) -> Candidate:
    """Return a candidate who logs in as ``username`` where the file names nobody."""
    return one if one.username else replace(one, username=username)


def form(one: Candidate) -> dict[str, Any]:
    """Return what adds a candidate; its jump server is told apart when that is there."""
    said = {"name": one.name, "host": one.host, "port": one.port, "username": one.username}
    if not one.username:
        del said["username"]
    return {**said, "tags": ",".join(tag.replace(",", " ") for tag in one.tags), "key": one.key}


def candidate(one: Candidate, problem: str, *, known: str | None) -> dict[str, Any]:
    """Return a server of a file: whether it is watched already, and what keeps it from that."""
    said = form(one) | {"username": one.username, "jump": one.jump}
    shown = {name: _cut(value) if isinstance(value, str) else value for name, value in said.items()}
    return {
        **shown,
        "known": known,
        "problem": _cut(problem),
        "remarks": [_cut(remark) for remark in one.remarks],
    }


def reading(found: Reading, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a whole file."""
    return {
        "kind": found.kind,
        "servers": list(rows),
        "remarks": [_cut(remark) for remark in found.remarks],
    }


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
