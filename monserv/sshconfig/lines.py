"""The lines of an SSH configuration: keyword and words, cut as OpenSSH cuts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_KEYWORD = re.compile(r'"?([A-Za-z][A-Za-z0-9]*)"?(?:[ \t]*=[ \t]*|[ \t]+|\Z)')
_BLANKS = " \t\r\f\n"


class BrokenConfigError(ValueError):
    """A line that ``ssh`` would refuse as well; the text names file, line and reason."""


@dataclass(frozen=True, slots=True)
class Line:
    """One setting: its keyword in lower case, its words, and the text that they were cut from.

    ``place`` names file and line for a person.
    """

    place: str
    keyword: str
    words: tuple[str, ...]
    rest: str

    def broken(self, reason: str) -> BrokenConfigError:
        """Return the error that says what is wrong here, without repeating the line."""
        return BrokenConfigError(f"{self.place}: {reason}")


def read(text: str, name: str) -> Iterator[Line]:
    """Give the settings of a file; raises ``BrokenConfigError``."""
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip(_BLANKS)
        if not line or line.startswith("#"):
            continue
        place = f"{name}, line {number}"
        found = _KEYWORD.match(line)
        if found is None:
            raise BrokenConfigError(f"{place}: it begins with no keyword")
        keyword, rest = found.group(1).lower(), line[found.end() :]
        try:
            words = tuple(split(rest))
        except ValueError:
            # What is handed to a shell is quoted for that, and not for us.
            if keyword not in {"proxycommand", "localcommand", "remotecommand"}:
                raise BrokenConfigError(f"{place}: a quote is not closed") from None
            words = (rest,)
        yield Line(place, keyword, words, rest)


def split(text: str) -> Iterator[str]:
    """Cut at blanks that no quote protects, up to a ``#``; ``ValueError`` for an open quote."""
    at, end = 0, len(text)
    while at < end:
        if text[at] in _BLANKS:
            at += 1
            continue
        if text[at] == "#":
            return
        word, at = _word(text, at)
        yield word


def _word(text: str, at: int) -> tuple[str, int]:
    """Return the word that begins at ``at``, and where it ends."""
    word, quote = "", ""
    while at < len(text):
        one, following = text[at], text[at + 1 : at + 2]
        if one == "\\" and (following in {'"', "'", "\\"} or (following == " " and not quote)):
            word += following
            at += 1
        elif quote:
            quote, word = ("", word) if one == quote else (quote, word + one)
        elif one in {'"', "'"}:
            quote = one
        elif one in _BLANKS:
            break
        else:
            word += one
        at += 1
    if quote:
        raise ValueError(text)
    return word, at
