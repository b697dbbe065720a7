"""Make the answers of a probe say nothing of whose machine it is, and still parse the same.

Whatever is no number and no word of ``vocabulary`` gets a pseudonym, the same one wherever
it stands. What describes the make of a machine stays: the model, the operating system, the
kernel, sensors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from monserv.probe.anonymous_containers import engine
from monserv.probe.anonymous_mounts import Places, mountinfo
from monserv.probe.logins import LINE
from monserv.probe.pseudonyms import Kind, Pseudonyms

# In rows of /proc/net/dev and /proc/diskstats.
_INTERFACE = re.compile(r" *([^\n]*):(?= *\d)", re.ASCII)
_BLOCK = re.compile(r" *\d+ +\d+ (\S+) ", re.ASCII)
_PROCESS = re.compile(
    r"(?<=\()(?P<name>.{0,80}?)(?=\) [A-Za-z](?: -?\d{1,20}){36,60}$)",
    re.DOTALL | re.ASCII | re.MULTILINE,
)
_LETTERS = re.compile(r"[A-Za-z]{2}|[^\x00-\x7f]")
_FORKS = re.compile(r"forks \d+", re.ASCII)
_PASSWD_FIELDS = 7

Rule = Callable[[str, Pseudonyms], str]


@dataclass(frozen=True, slots=True)
class Anonymous:
    """The answers without names, and how many different ones were replaced, by kind."""

    answers: tuple[dict[str, str], ...]
    counts: Counter[Kind]


def anonymous(answers: Sequence[Mapping[str, str]], random: Random) -> Anonymous:
    """Return the answers, sections each, with pseudonyms in place of names."""
    texts = [text for answer in answers for text in answer.values()]
    names = Pseudonyms(texts, random)
    places = Places.of("\n".join(answer.get("mounts", "") for answer in answers))
    rules = _RULES | dict.fromkeys(("disks", "inodes", "remote"), places.df)
    found: list[dict[str, str]] = [{} for _ in answers]
    # Hosts and users come first, so that their names are counted as what they are, and
    # are known where everything else is kept.
    for name in sorted({name for answer in answers for name in answer}, key=_order):
        for answer, told in zip(answers, found, strict=True):
            if name in answer:
                told[name] = _ruled(name, answer[name], rules, names)
    ordered = tuple(
        {name: told[name] for name in answer} for answer, told in zip(answers, found, strict=True)
    )
    return Anonymous(ordered, names.counts)


def _ruled(name: str, text: str, rules: Mapping[str, Rule], names: Pseudonyms) -> str:
    if text.startswith("! "):
        return names.scrub(text, Kind.OTHER)
    return rules.get(name, _unknown)(text, names)


def _order(name: str) -> tuple[bool, bool, str]:
    return name != "hostname", name not in {"users", "logins"}, name


def _same(text: str, _: Pseudonyms) -> str:
    return text


def _unknown(text: str, names: Pseudonyms) -> str:
    return names.scrub(text, Kind.OTHER, with_numbers=True)


def _scrubbed(kind: Kind) -> Rule:
    return lambda text, names: names.scrub(text, kind)


def _people(text: str, names: Pseudonyms) -> str:
    return names.people(text)


def _lines(rule: Rule) -> Rule:
    return lambda text, names: "\n".join(rule(line, names) for line in text.split("\n"))


def _behind(sign: str) -> Rule:
    """Return a rule for what describes the machine: people are replaced behind ``sign``."""

    def rule(line: str, names: Pseudonyms) -> str:
        name, found, value = line.partition(sign)
        return name + found + names.people(value)

    return _lines(rule)


def _user(line: str, names: Pseudonyms) -> str:
    """Replace what ``passwd(5)`` tells of one; the numbers stay, they name owners."""
    fields = line.split(":")
    if len(fields) != _PASSWD_FIELDS:
        return names.scrub(line, Kind.USER)
    name, password, uid, gid, comment, *paths = fields
    # Some box may still keep a password's hash here.
    password = password and "x"
    name = names.scrub(name, Kind.USER)
    # Offices and telephones, with their numbers.
    comment = names.scrub(comment, Kind.USER, with_numbers=True)
    told = (names.scrub(one, Kind.USER) for one in paths)
    return ":".join((name, password, uid, gid, comment, *told))


def _counters(text: str, names: Pseudonyms) -> str:
    """Replace names of interfaces and disks; all else in these files is the kernel's."""
    before, heading, rest = text.partition("Inter-|")
    found = [_row(line, _BLOCK.match(line), names) for line in before.split("\n")]
    told = [
        _row(line, _BLOCK.match(line) or _INTERFACE.match(line), names) for line in rest.split("\n")
    ]
    return "\n".join(found) + heading + "\n".join(told)


def _row(line: str, row: re.Match[str] | None, names: Pseudonyms) -> str:
    if row is None:
        return line
    shown = names.scrub(row[1], Kind.INTERFACE)
    return line[: row.start(1)] + shown + line[row.end(1) :]


def _processes(text: str, names: Pseudonyms) -> str:
    """Replace names in rows of /proc/<pid>/stat, and whatever is no such row."""
    found, position = [], 0
    for row in _PROCESS.finditer(text):
        found.append(_numbers(text[position : row.start()], names))
        found.append(names.scrub(row["name"], Kind.PROCESS))
        position = row.end()
    return "".join([*found, _numbers(text[position:], names)])


def _numbers(text: str, names: Pseudonyms) -> str:
    return "\n".join(
        names.scrub(line, Kind.PROCESS)
        if _LETTERS.search(line) and not _FORKS.fullmatch(line)
        else line
        for line in text.split("\n")
    )


def _login(line: str, names: Pseudonyms) -> str:
    row = LINE.fullmatch(line)
    if row is None:
        return names.scrub(line, Kind.USER)
    told = line
    # From behind, so that what stands before keeps its place.
    for group, kind in (("origin", Kind.HOST), ("terminal", Kind.OTHER), ("username", Kind.USER)):
        start, end = row.span(group)
        if start >= 0:
            shown = names.scrub(row[group], kind, with_numbers=group == "origin")
            told = told[:start] + shown + told[end:]
    return told


_RULES: dict[str, Rule] = {
    "hostname": _scrubbed(Kind.HOST),
    "model": _behind(":"),
    "device_tree": _people,
    "page": _same,
    "users": _lines(_user),
    "os": _behind("="),
    "kernel": _people,
    "boot": _scrubbed(Kind.IDENTIFIER),
    "uptime": _same,
    "load": _same,
    "counters": _counters,
    "mounts": _lines(mountinfo),
    "hardware": _scrubbed(Kind.INTERFACE),
    "processes": _processes,
    "sensors": _people,
    "arc": _same,
    "vmstat": _same,
    "units": _scrubbed(Kind.UNIT),
    "docker": _lines(engine),
    "podman": _lines(engine),
    "logins": _lines(_login),
    "cost": _processes,
    "owners": _same,
}
