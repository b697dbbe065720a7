"""A language made up for tests: each text that is said is marked, accented and longer.

What of a page is not marked was never said, so nobody could translate it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from playwright.sync_api import Page

from monserv.web import catalogues
from monserv.web.catalogues import Catalogue
from tests.web.messages import extracted

LANGUAGE = "eo"
BEGIN, END = "⟦", "⟧"
LONGER = 0.35
_PART = re.compile(r"(<[^<>]*>|\{\w+\}|%\(\w+\)s|%%)")
_ACCENTS = str.maketrans("aceinouyACEINOUY", "àçéîñõûýÀÇÉÎÑÕÛÝ")
# Texts, and what is read out or shown in place of one; not what never shows.
_COLLECT = """() => {
  const attributes = ["aria-label", "placeholder", "title", "data-tip", "alt"];
  const found = [document.title];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
      for (const name of attributes) found.push(element.getAttribute(name));
      for (const node of element.childNodes) if (node.nodeType === 3) found.push(node.data);
      if (element.tagName === "TEMPLATE") walk(element.content);
    }
  };
  walk(document);
  return [...new Set(found.filter(Boolean).map((text) => text.trim()))];
}"""
_SAID = re.compile(f"{BEGIN}[^{BEGIN}{END}]*{END}")
_WORD = re.compile(r"[a-zA-Z]{2,}")
# The same in every language: names, keys of a keyboard, units, and how this one has times.
_SAME = re.compile(
    r"\b(monserv|API|WebSocket|English|Bahasa Indonesia|Esc|Enter|Tab|[kMGT]?B(/s)?)\b"
    r"|[A-Z][a-z]{2} \d+, [\d:, ]+([AP]M)?( UTC)?|\d\d:\d\d [AP]M"
)


def catalogue(folder: Path) -> Catalogue:
    """Return this language, read from a file as any other is."""
    written = Catalog(LANGUAGE, charset="utf-8")
    for message in extracted():
        if isinstance(message.id, tuple):
            written.add(message.id, tuple(map(marked, message.id)), locations=message.locations)
        elif message.id:
            written.add(message.id, marked(message.id), locations=message.locations)
    text = BytesIO()
    write_po(text, written)
    path = folder / f"{LANGUAGE}.po"
    path.write_bytes(text.getvalue().replace(b"#, fuzzy\n", b""))
    return catalogues.catalogue(path)


def marked(text: str) -> str:
    """Return how this language says ``text``: as long as other languages do."""
    parts = [
        part if _PART.fullmatch(part) else part.translate(_ACCENTS) for part in _PART.split(text)
    ]
    return f"{BEGIN}{''.join(parts)}{'~' * round(len(text) * LONGER)}{END}"


def unsaid(page: Page, known: Iterable[str]) -> list[str]:
    """Return what words the page has that were not said, and are none of ``known``."""
    texts: list[str] = page.evaluate(_COLLECT)
    names = sorted(known, key=len, reverse=True)
    return [text for text in texts if _rest(text, names)]


def _rest(text: str, names: list[str]) -> bool:
    left = text
    while (inner := _SAID.sub(" ", left)) != left:  # one may be filled into another
        left = inner
    for name in names:
        left = left.replace(name, " ")
    return bool(_WORD.search(_SAME.sub(" ", left)))


def strings(value: Any) -> set[str]:
    """Return all texts in what a server answered: names, and what is said in English."""
    if isinstance(value, dict):
        return set().union(*map(strings, value.values()), *map(strings, value.keys()))
    if isinstance(value, list):
        return set().union(*map(strings, value))
    return {value} if isinstance(value, str) and len(value) > 1 else set()
