r"""One pseudonym for each word, address and identifier of a recording, of the same shape.

Letters become letters, digits digits, in as many characters and bytes; blanks, signs and
escapes stay, because parsers care about them. Pseudonyms are random, so that nobody can
try names until one gives them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import count, zip_longest
from random import Random

from monserv.probe.vocabulary import is_known

_HEX = "0123456789abcdef"
_VOWELS, _CONSONANTS = "aeiou", "bdfgklmnprstvz"
_DIGITS = "0123456789"

# By the bytes that a character takes; these are all letters.
_LETTERS = {
    2: "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ",
    3: "あいうえおかきくけこさしすせそたちつてと",
    4: "𐌰𐌱𐌲𐌳𐌴𐌵𐌶𐌷𐌸𐌹",
}
# Bytes that are never part of UTF-8, whatever stands beside them, as Python keeps them.
_RAW = "".join(map(chr, range(0xDCF8, 0xDD00)))
# What systemctl begins a line with.
_BULLETS = "●○×↻"  # noqa: RUF001 -- as it prints them

_TOKEN = re.compile(
    r"(?P<uuid>(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z-])[0-9A-F]{4}-[0-9A-F]{4}(?![0-9A-Za-z-]))"
    r"|(?P<mac>(?<![0-9A-Za-z:])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5,19}(?![0-9A-Za-z:]))"
    r"|(?P<ipv4>(?<![0-9])[0-9]{1,3}(?P<dot>[.-])[0-9]{1,3}(?:(?P=dot)[0-9]{1,3}){2}(?![0-9]))"
    r"|(?P<ipv6>(?<![0-9A-Za-z:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?![0-9A-Za-z:]|\.[0-9]))"
    r"|(?P<escape>\\x[0-9A-Fa-f]{2})"
    r"|(?P<word>(?:[0-9A-Za-z]|[^\x00-\x7f])+)"
)
_CLOCK = re.compile(r":*|[0-9]{0,2}(:[0-9]{0,2}){2}")
# Containers have such names; disks and networks, too. An interface may be made of one.
_ID = re.compile(r"(?=.*[0-9])[0-9a-f]{8,}|[0-9a-f]{12,}")
_INTERFACE = re.compile(r"(veth|enx|wlx|wwx)([0-9a-f]{6,12})")
_STEM = re.compile(r"(.*?[^0-9])([0-9]{1,3})", re.DOTALL)

# These are everybody's.
_SAME_EVERYWHERE = frozenset({"127.0.0.1", "127.0.1.1", "0.0.0.0", "255.255.255.255", "::1", "::"})  # noqa: S104 -- a text that is kept
_LINK_LOCAL = "fe80"

# A number of up to four digits is a size, a year or a port.
_SHORT_NUMBER = 4
_TRIES = 100


class Kind(StrEnum):
    """What was replaced, as a person is told."""

    HOST = "host names"
    USER = "users and their names"
    ADDRESS = "addresses"
    IDENTIFIER = "identifiers"
    PATH = "names in paths and devices"
    INTERFACE = "interfaces and block devices"
    PROCESS = "processes"
    UNIT = "units"
    CONTAINER = "containers"
    OTHER = "other words"


PEOPLE = frozenset({Kind.HOST, Kind.USER})


class Pseudonyms:
    """The pseudonyms of one recording; ``originals`` is all that it says, whose words none is."""

    def __init__(self, originals: Iterable[str], random: Random) -> None:
        self._random = random
        self._given: dict[str, tuple[str, Kind]] = {}
        self._used = {
            form
            for text in originals
            for token in _TOKEN.finditer(text)
            for form in (token[0].lower(), _stem(token[0].lower())[0])
        }

    @property
    def counts(self) -> Counter[Kind]:
        """How many different ones were given, by kind."""
        return Counter(kind for _, kind in self._given.values())

    def scrub(self, text: str, kind: Kind, *, with_numbers: bool = False) -> str:
        """Return ``text`` with a pseudonym for whatever is not known to be everybody's.

        ``with_numbers`` replaces short ones, too.
        """
        return _TOKEN.sub(lambda token: self._told(token, kind, with_numbers=with_numbers), text)

    def people(self, text: str) -> str:
        """Return ``text`` with pseudonyms only for hosts and users that have one already."""

        def told(token: re.Match[str]) -> str:
            stem, number = _stem(token[0])
            given = self._given.get(_small(stem))
            if given is None or given[1] not in PEOPLE:
                return token[0]
            return _in_case_of(stem, given[0]) + number

        return _TOKEN.sub(told, text)

    def _told(self, token: re.Match[str], kind: Kind, *, with_numbers: bool) -> str:
        text = token[0]
        if text in _SAME_EVERYWHERE:
            return text
        match token.lastgroup:
            case "escape":
                return text if text[2] < "8" else r"\xbf"
            case "uuid" | "mac":
                return self._pseudonym(text, Kind.IDENTIFIER, self._hex)
            case "ipv6":
                is_time = _CLOCK.fullmatch(text) is not None
                return text if is_time else self._pseudonym(text, Kind.ADDRESS, self._ipv6)
            case "word":
                return self._word(text, kind, with_numbers=with_numbers)
            case _:
                dotted = self._pseudonym(text.replace("-", "."), Kind.ADDRESS, self._ipv4)
                return dotted.replace(".", "-") if "-" in text else dotted

    def _word(self, word: str, kind: Kind, *, with_numbers: bool) -> str:
        core = word.lower() if word.isascii() else word
        if core.isascii() and core.isdigit():
            is_short = len(core) <= (1 if with_numbers else _SHORT_NUMBER)
            return word if is_short else self._pseudonym(word, Kind.IDENTIFIER, self._letters)
        if is_known(core):
            return word
        if _ID.fullmatch(core):
            return self._pseudonym(word, Kind.IDENTIFIER, self._hex)
        if found := _INTERFACE.fullmatch(word):
            return found[1] + self._pseudonym(found[2], Kind.IDENTIFIER, self._hex)
        stem, number = _stem(word)
        return self._pseudonym(stem, kind, self._letters) + number

    def _pseudonym(self, text: str, kind: Kind, make: Callable[[str], str]) -> str:
        key = _small(text)
        if all(_class(char) == char for char in key):
            return text
        if key not in self._given:
            for attempt in count():
                # Where all short ones are taken, a longer one has to do.
                given = make(key + key[-1] * (attempt // _TRIES))
                if given not in self._used and not (is_known(given) and not given.isdigit()):
                    break
            self._used.add(given)
            self._given[key] = given, kind
        return _in_case_of(text, self._given[key][0])

    def _hex(self, text: str) -> str:
        return re.sub("[0-9a-f]", lambda _: self._random.choice(_HEX), text)

    def _letters(self, text: str) -> str:
        letters = count(self._random.randrange(2))
        return "".join(
            self._random.choice(
                (_CONSONANTS, _VOWELS)[next(letters) % 2] if pool == _VOWELS else pool
            )
            for pool in map(_class, text)
        )

    def _ipv4(self, text: str) -> str:
        """Return an address of a network that is nobody's, with as many digits."""
        first, *others = text.split(".")
        network = {1: "0", 2: "10"}.get(len(first)) or str(self._random.randrange(240, 255))
        return ".".join([network, *(self._below(len(one)) for one in others)])

    def _below(self, digits: int) -> str:
        low = {1: 0, 2: 10}.get(digits, 100)
        return str(self._random.randrange(low, min(10**digits, 255)))

    def _ipv6(self, text: str) -> str:
        first, colon, rest = text.partition(":")
        if first != _LINK_LOCAL:
            first = ("fd" + self._hex(first))[: len(first)]
        return first + colon + self._hex(rest)


def _stem(word: str) -> tuple[str, str]:
    """Return a word without the number behind it, and that number."""
    found = _STEM.fullmatch(word)
    return (found[1], found[2]) if found else (word, "")


def _small(text: str) -> str:
    """Return ``text`` in small letters, as far as that is one character for one."""
    return "".join(char.lower() if char.isascii() else char for char in text)


def _class(char: str) -> str:
    """Return what may stand for ``char``: itself alone where its kind matters to parsers."""
    if char.isascii():
        return _DIGITS if char.isdigit() else _VOWELS if char.isalpha() else char
    category = unicodedata.category(char)
    if category == "Cs":
        return _RAW
    if category[0] in "CZ" or char in _BULLETS:
        return char
    return _LETTERS[len(char.encode())]


def _in_case_of(text: str, given: str) -> str:
    if text.isascii() and text.isupper():
        return given.upper()
    return "".join(
        new.upper() if old.isascii() and old.isupper() else new
        for old, new in zip_longest(text, given, fillvalue="")
    )
