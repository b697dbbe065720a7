"""What the pages say in other languages: the gettext catalogues, read and checked.

A catalogue is a file ``<language>.po``. What it lacks, or has in a way that could not be
shown, is said in English; a file that cannot be read at all is left out, and the log says why.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import c2py
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

_LOG = logging.getLogger(__name__)

ENGLISH = "en"


def marked(text: str) -> str:
    """Return ``text``, which is said elsewhere: this is for the tools of translators."""
    return text


# What a translator puts for it is what the choice of languages shows.
OWN_NAME = marked("The name of this language, in itself")
_NAMES = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_MAX_BYTES = 4 * 1024 * 1024
# Every language known to gettext decides by n itself below this, and else by its last two digits.
_NUMBERS = 200
_HOLE = re.compile(r"\{\w+\}|%\(\w+\)s")
_TAG = re.compile(r"<[^<>]*>|[<>]")
# Where what a page's scripts say is found; the rest is said by templates.
_SCRIPTS = "static/"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language.

    ``texts`` has the forms of each English text, in the order of ``forms``: for each number
    below 200 the place of its form. ``script`` is what the scripts of a page read, JSON that
    may stand in HTML; empty for English.
    """

    language: str
    name: str
    texts: Mapping[str, tuple[str, ...]]
    forms: tuple[int, ...]
    script: Markup

    def say(self, text: str) -> str:
        """Return ``text`` in this language."""
        found = self.texts.get(text)
        return text if found is None else found[0]

    def say_many(self, one: str, other: str, number: int) -> str:
        """Return the form that goes with ``number``; holes are not filled."""
        found = self.texts.get(one)
        if found is None or len(found) <= max(self.forms):  # one that is counted nowhere else
            return one if number == 1 else other
        place = number if number < _NUMBERS else 100 + number % 100
        return found[self.forms[place]]


IN_ENGLISH = Catalogue(ENGLISH, "English", {}, (1, 0, *[1] * (_NUMBERS - 2)), Markup())


def read(folder: Path) -> dict[str, Catalogue]:
    """Return the languages of ``folder`` by their tags (``id``, ``pt-BR``), English first."""
    found = {ENGLISH: IN_ENGLISH}
    for path in sorted(folder.glob("*.po")):
        try:
            one = catalogue(path)
        except (OSError, PoFileError, ValueError, ArithmeticError, LookupError) as error:
            _LOG.error("%s cannot be used, so this language is not offered: %s", path, error)
            continue
        found[one.language] = one
    return found


def catalogue(path: Path) -> Catalogue:
    """Read one file; raises what ``read`` names when it cannot be used at all."""
    if not _NAMES.fullmatch(path.stem):
        raise ValueError("its name is no language")
    with path.open("rb") as file:
        text = file.read(_MAX_BYTES + 1)
    if len(text) > _MAX_BYTES:
        raise ValueError("it is too long")
    parsed = read_po(BytesIO(text), abort_invalid=True)
    forms = _forms(parsed)
    good = _shown(path, [one for one in parsed if one.id])
    texts = {_key(one): _said(one) for one in good}
    (name,) = texts.get(OWN_NAME, (path.stem,))
    language = path.stem.replace("_", "-")
    return Catalogue(language, name, texts, forms, _script(good, forms))


def fault(message: Message) -> str | None:
    """Return why a translation cannot be shown, or ``None``."""
    said, originals = _said(message), _originals(message)
    if not all(said):
        return "it is not translated"
    if message.fuzzy:
        return "it is marked as fuzzy"
    known = {hole for one in originals for hole in _HOLE.findall(one)}
    if any(not known.issuperset(_HOLE.findall(one)) for one in said):
        return "it has other placeholders"
    tags = [Counter(_TAG.findall(one)) for one in originals]
    if any(Counter(_TAG.findall(one)) not in tags for one in said):
        return "it has other markup"
    return None


def _shown(path: Path, messages: list[Message]) -> list[Message]:
    """Return what can be shown, and log what stays English, a line for each reason."""
    faults = [(one, fault(one)) for one in messages]
    lines: dict[str, list[int | None]] = {}
    for one, reason in faults:
        if reason is not None:
            lines.setdefault(reason, []).append(one.lineno)
    for reason, found in lines.items():
        text = "%s: %d texts stay English, the first in line %s: %s"
        _LOG.warning(text, path, len(found), found[0], reason)
    return [one for one, reason in faults if reason is None]


def _originals(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (message.id,)


def _said(message: Message) -> tuple[str, ...]:
    said = message.string
    return tuple(said) if isinstance(said, (tuple, list)) else (said or "",)


def _key(message: Message) -> str:
    return _originals(message)[0]


def _forms(parsed: Catalog) -> tuple[int, ...]:
    """Return the place of the form for each number; raises ``ValueError`` for nonsense."""
    form = c2py(parsed.plural_expr)
    forms = tuple(int(form(number)) for number in range(_NUMBERS))
    if min(forms) < 0 or max(forms) >= parsed.num_plurals:
        raise ValueError("Plural-Forms in its header names forms that it has not")
    return forms


def _script(messages: list[Message], forms: tuple[int, ...]) -> Markup:
    """Return what ``static/js/say.js`` reads."""
    needed = [one for one in messages if _is_of_scripts(one)]
    texts = {_key(one): list(_said(one)) if one.pluralizable else _said(one)[0] for one in needed}
    return htmlsafe_json_dumps({"texts": texts, "forms": "".join(map(str, forms))})


def _is_of_scripts(message: Message) -> bool:
    """Whether a script says it; it may, where the catalogue does not tell who does."""
    places = [place for place, _line in message.locations]
    return not places or any(place.startswith(_SCRIPTS) for place in places)
