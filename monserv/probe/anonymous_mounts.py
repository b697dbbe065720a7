"""Mounts and what ``df`` says of them without names, so that both still fit together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from monserv.probe import df
from monserv.probe.mounts import PSEUDO_TYPES, REMOTE_TYPES, mounts, unescape
from monserv.probe.pseudonyms import Kind, Pseudonyms

_FIXED_FIELDS = 6
_ESCAPED = re.compile(r"[ \t\n\\]")
_ROW = re.compile(
    r"(?P<device>.*?)(?P<numbers> +\d{1,15} +\d{1,15} +-?\d{1,15} +(?:\d{1,3}%|-) )"
    r"(?P<mountpoint>/.*)"
)
_SIZE = re.compile(r"\d{1,10}[kmgKMG%]?", re.ASCII)
_HEADING = "Filesystem"


def mountinfo(line: str, names: Pseudonyms) -> str:
    """Return a row of ``/proc/self/mountinfo``; its numbers and its form stay."""
    fields = line.split(" ")
    try:
        dash = fields.index("-", _FIXED_FIELDS)
        fstype, source, *options = fields[dash + 1 :]
    except ValueError:
        return names.scrub(line, Kind.PATH)
    known = PSEUDO_TYPES | REMOTE_TYPES
    return " ".join(
        [
            *fields[:3],
            *(_escaped(one, names) for one in fields[3:5]),
            *(_options(one, names) for one in fields[5:dash]),
            "-",
            fstype if fstype in known else names.scrub(fstype, Kind.PATH),
            _escaped(source, names),
            *(_options(one, names) for one in options),
        ]
    )


def _options(text: str, names: Pseudonyms) -> str:
    """Scrub options; sizes and other numbers stay."""

    def told(option: str) -> str:
        key, sign, value = option.partition("=")
        if sign and _SIZE.fullmatch(value):
            return f"{names.scrub(key, Kind.PATH)}={value}"
        return _escaped(option, names)

    return ",".join(map(told, text.split(",")))


def _escaped(text: str, names: Pseudonyms) -> str:
    """Scrub a name as it is, since ``df`` prints it so, and write it as the kernel does."""
    told = names.scrub(unescape(text), Kind.PATH)
    return _ESCAPED.sub(lambda char: f"\\{ord(char[0]):03o}", told)


@dataclass(frozen=True, slots=True)
class Places:
    """The mount points of a machine, which ``df`` may disguise."""

    odd: tuple[str, ...]
    count: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Return those in ``text``, the kernel's list."""
        paths = [mount.mountpoint for mount in mounts(text)]
        odd = tuple(path for path in paths if not (path.isascii() and path.isprintable()))
        return cls(odd, len(paths))

    def df(self, text: str, names: Pseudonyms) -> str:
        """Return what ``df`` printed."""
        # No df prints more than a row for each, but for names that break theirs.
        most = 2 * self.count + 1
        lines = text.split("\n")
        told = [self._line(line, names) for line in lines[:most]]
        return "\n".join([*told, *(names.scrub(line, Kind.PATH) for line in lines[most:])])

    def _line(self, line: str, names: Pseudonyms) -> str:
        if line.startswith((_HEADING, "! ")):
            return line
        row = _ROW.fullmatch(line)
        if row is None:
            return names.scrub(line, Kind.PATH)
        device = names.scrub(row["device"], Kind.PATH)
        return f"{device}{row['numbers']}{self._shown(row['mountpoint'], names)}"

    def _shown(self, shown: str, names: Pseudonyms) -> str:
        for real in self.odd:
            if df.is_shown_as(shown, real):
                return _disguised(shown, real, names.scrub(real, Kind.PATH))
        return names.scrub(shown, Kind.PATH)


def _disguised(shown: str, real: str, told: str) -> str:
    """Return ``told`` as ``df`` would show it: cut, or with ``?`` for characters or bytes."""
    if shown == real.partition("\n")[0]:
        return told.partition("\n")[0]
    if len(shown) == len(real):
        return "".join("?" if char == "?" else new for char, new in zip(shown, told, strict=False))
    pairs = zip(df.raw(shown), df.raw(told), strict=False)
    return bytes(ord("?") if byte == ord("?") else new for byte, new in pairs).decode(
        "utf-8", "surrogateescape"
    )
