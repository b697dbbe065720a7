"""Every catalogue in the repository has all that is said, as it is said, and nothing else."""

from __future__ import annotations

import json
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from monserv.web import catalogues
from tests.web.messages import ROOT, extracted, in_scripts

CATALOGUES = sorted((ROOT / "locales").glob("*.po"))
CALL = re.compile(r"(?<![#.\w])(?:say|sayMany)\(")
COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
HOLE = re.compile(r"\{\w+\}|%\(\w+\)s")


def parsed(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()), abort_invalid=True)


def keys(messages: Catalog) -> set[str]:
    return {key(one) for one in messages if one.id}


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def holes(text: str | tuple[str, ...]) -> set[str]:
    return {hole for one in forms(text) for hole in HOLE.findall(one)}


def test_there_are_catalogues_and_messages() -> None:
    assert "id.po" in [path.name for path in CATALOGUES]
    assert len(keys(extracted())) > 250


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_a_catalogue_has_each_message_and_no_other(path: Path) -> None:
    ours, theirs = keys(extracted()), keys(parsed(path))
    assert sorted(ours - theirs) == [], "run pybabel update: docs/TRANSLATING.md"
    assert sorted(theirs - ours) == [], "nobody says these any longer"
    assert list(parsed(path).obsolete) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_each_translation_can_be_shown_and_has_all_placeholders(path: Path) -> None:
    said = [one for one in parsed(path) if one.id]
    assert {key(one): catalogues.fault(one) for one in said if catalogues.fault(one)} == {}
    wrong = {key(one): one.string for one in said if holes(one.id) != holes(one.string)}
    assert wrong == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_what_is_counted_is_counted_in_the_catalogue(path: Path) -> None:
    counted = {key(one) for one in extracted() if one.pluralizable}
    assert counted == {key(one) for one in parsed(path) if one.pluralizable}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_scripts_get_what_scripts_say(path: Path) -> None:
    script = catalogues.catalogue(path).script
    needed = [one for one in extracted() if any(p.startswith("static/") for p, _ in one.locations)]
    assert [key(one) for one in needed if one.id and key(one) not in texts(script)] == []


def texts(script: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(script)["texts"]
    return found


def test_no_message_escapes_the_tools_of_translators() -> None:
    """One inside another, or that is not written out, would not be found."""
    called = Counter[str]()
    for path in sorted((ROOT / "static/js").rglob("*.js")):
        if path.name != "say.js":
            calls = len(CALL.findall(COMMENT.sub("", path.read_text())))
            called[path.relative_to(ROOT).as_posix()] += calls
    assert called - Counter() == in_scripts()


def test_no_message_is_put_together_from_pieces() -> None:
    edges = {key(one) for one in extracted() if one.id and key(one) != key(one).strip()}
    assert edges == set()


def test_scripts_fill_their_own_kind_of_placeholders() -> None:
    """{name} in scripts, %(name)s in templates: the other kind would be shown as it stands."""
    said = [(key(one), place) for one in extracted() for place, _line in one.locations]
    own = {"static": "{", "templates": "%("}
    wrong = [
        text
        for text, place in said
        for hole in HOLE.findall(text)
        if not hole.startswith(own[place.split("/")[0]])
    ]
    assert wrong == []
