"""Servers that a file names, shown before anybody adds one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response

from monserv.errors import UnfitChange
from monserv.imports.unreadable import UnreadableError
from monserv.model.candidate import Candidate, FileKind
from monserv.model.server import Server
from monserv.web import envelope
from monserv.web.current import runtime, snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.web.words import counted
from monserv.wire import examples
from monserv.wire import imports as wire
from monserv.wire.schemas.forms import NewServer
from monserv.wire.schemas.imports import ImportAnswer, ImportText

# The longest text, with whatever JSON makes of its characters.
MAX_BYTES = 1024 * 1024

importing = Resource(
    "Importing",
    __name__,
    url_prefix="/api/v1/import",
    max_bytes=MAX_BYTES,
    description="Servers of a file that a person hands over: `~/.ssh/config`, or an inventory of "
    "Ansible. It is read as data: nothing in it is executed, and no other file is looked at. "
    "Nothing is stored; whoever wants one of the servers adds it.",
)


@importing.post("/preview")
@importing.arguments(ImportText, location="json", example=examples.IMPORT_TEXT)
@importing.response(
    200,
    ImportAnswer,
    description="The servers that the file names, a jump server before those behind it",
    example=examples.answer(examples.IMPORT, "2 servers, 1 of them is watched already"),
)
@declared(importing, 400, 413, 415, 422)
def preview_import(body: dict[str, Any]) -> Response:
    """Show which servers a file names, which are known, and what keeps one from being added."""
    kind = FileKind(body["kind"]) if "kind" in body else None
    try:
        reading = runtime().importer.read(body["text"], kind)
    except UnreadableError as error:
        raise UnfitChange("text", str(error)) from None
    known = _Known(view.server for view in snapshot().servers.values())
    username = body.get("username", "")
    rows = [_row(wire.with_user(one, username), known) for one in reading.candidates]
    watched = sum(row["known"] is not None for row in rows)
    also = f", {watched} of them {'is' if watched == 1 else 'are'} watched already"
    message = f"{counted(len(rows), 'server')}{also if watched else ''}"
    return envelope.success(wire.reading(reading, rows), message)


class _Known:
    """The servers that whoever asks sees, by what no two of them share."""

    def __init__(self, servers: Iterable[Server]) -> None:
        self._by_place = {server.known_as: server for server in servers}

    def find(self, one: Candidate) -> Server | None:
        return self._by_place.get(f"{one.username}@{one.host.lower()}:{one.port}")


def _row(one: Candidate, known: _Known) -> dict[str, Any]:
    """Return a candidate with what would be wrong with it if it were added."""
    server = known.find(one)
    problem = one.problem or _problem(wire.form(one))
    return wire.candidate(one, problem, known=None if server is None else server.id)


def _problem(form: dict[str, Any]) -> str:
    errors = NewServer().validate(form)
    if not errors:
        return ""
    if "username" in errors and not form.get("username"):
        return "It names no user."
    field, said = next(iter(errors.items()))
    return f"{field}: {' '.join(said)}"
