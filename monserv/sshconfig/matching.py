"""Which blocks of an SSH configuration are about a server: ``Host`` and ``Match``."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from monserv.sshconfig.lines import Line
from monserv.sshconfig.pattern import matches

# What only a program, the network or a terminal could tell.
_UNDECIDED = frozenset({"exec", "localnetwork", "tagged", "command", "version", "sessiontype"})
_WITH_PATTERN = frozenset({"host", "originalhost", "user", "localuser"})
_ALONE = frozenset({"all", "canonical", "final"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a block may ask about: the name as written, and what is known of it so far."""

    written: str
    """The name that was asked for."""
    name: str
    """The name that ``Host`` compares: as written, or in a final pass what it became."""
    hostname: str
    user: str
    local_user: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a ``Match``; ``pattern`` is empty where it takes none."""

    kind: str
    pattern: str
    is_negated: bool


def criteria(line: Line) -> tuple[Criterion, ...]:
    """Read a ``Match``; raises ``BrokenConfigError``."""
    words = deque(part for word in line.words for part in _parts(word))
    found: list[Criterion] = []
    while words:
        word = words.popleft().lower()
        kind = word.removeprefix("!")
        if kind in _ALONE:
            found.append(Criterion(kind, "", word != kind))
        elif kind not in _WITH_PATTERN | _UNDECIDED:
            raise line.broken("Match has a criterion that does not exist")
        elif not words:
            raise line.broken(f"Match {kind} says nothing to compare with")
        else:
            found.append(Criterion(kind, words.popleft(), word != kind))
    if not found:
        raise line.broken("Match names no criterion")
    kinds = {one.kind for one in found}
    if "all" in kinds and not kinds <= _ALONE:
        raise line.broken("Match all stands with other criteria")
    return tuple(found)


def undecided(found: Sequence[Criterion]) -> str | None:
    """Return the criterion that nothing here decides, if there is one: its block never applies."""
    return next((one.kind for one in found if one.kind in _UNDECIDED), None)


def is_about(found: Sequence[Criterion], subject: Subject) -> bool:
    """Whether all criteria of a ``Match`` hold; never where one is undecided."""
    if undecided(found) is not None:
        return False
    return all(_holds(one, subject) is not one.is_negated for one in found)


def _holds(one: Criterion, subject: Subject) -> bool:
    if one.kind == "all":
        return True
    if one.kind in {"canonical", "final"}:
        return subject.is_final
    text = {
        "host": subject.hostname,
        "originalhost": subject.written,
        "user": subject.user,
        "localuser": subject.local_user,
    }[one.kind]
    return matches(text, one.pattern.split(","))


def _parts(word: str) -> list[str]:
    """Cut ``host=nas`` in two, as ``host nas``."""
    kind, separator, pattern = word.partition("=")
    if separator and kind.lower().removeprefix("!") in _WITH_PATTERN | _UNDECIDED:
        return [kind, pattern]
    return [word]
