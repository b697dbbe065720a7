"""``~/.ssh/config`` as a list of servers: a name in a ``Host`` line is one.

What applies to a name is decided as ``ssh`` decides it, for the file alone: other files that
it includes are not looked for, and no ``Match exec`` is run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from monserv.imports import ways
from monserv.imports.unreadable import MAX_CANDIDATES, UnreadableError, shortened
from monserv.model.candidate import Candidate, FileKind, Reading
from monserv.sshconfig import answer, lines
from monserv.sshconfig.lines import BrokenConfigError, Line

NAME = "The file"
# What applies to many names is gone through for each of them.
MAX_GENERAL_LINES = 2000
_GENERAL = frozenset("*?!")
SEVERAL_KEYS = "It names several keys; the first one is shown."
NAMED_AS_JUMP = "Named as a jump server alone."


@dataclass(slots=True)
class _Block:
    """What stands below one ``Host`` or ``Match``, that line included."""

    place: int
    lines: list[Line] = field(default_factory=list)


def read(text: str) -> Reading:
    """Return the servers that a configuration names; raises ``UnreadableError``."""
    try:
        found = tuple(lines.read(text, NAME))
        remarks = [
            f"{place} is not decided here: its block counts for no server."
            for place in answer.check(found)
        ]
    except BrokenConfigError as error:
        raise UnreadableError(f"{error}.") from None
    remarks += [f"{one.place}: what it includes is not read." for one in found if _includes(one)]
    config = _Config(found)
    patterns = [one for one in config.named if _is_general(one)]
    remarks += [f"Host {one} is a pattern, and no server." for one in patterns]
    names = [one for one in config.named if not _is_general(one)]
    if len(names) > MAX_CANDIDATES:
        raise UnreadableError(f"It names more than {MAX_CANDIDATES} servers.")
    return Reading(
        FileKind.SSH_CONFIG, ways.in_order(_candidates(config, names)), shortened(remarks)
    )


def _includes(line: Line) -> bool:
    return line.keyword == "include"


def _is_general(pattern: str) -> bool:
    return not _GENERAL.isdisjoint(pattern)


class _Config:
    """The blocks of a file: those for single names by these names, and those for many."""

    def __init__(self, found: Iterable[Line]) -> None:
        self.named: dict[str, None] = {}
        self._general: list[_Block] = [_Block(0)]
        self._by_name: dict[str, list[_Block]] = {}
        block = self._general[0]
        for place, line in enumerate(found, 1):
            if line.keyword in {"host", "match"}:
                block = _Block(place)
                self._file(block, line)
            block.lines.append(line)
        if sum(len(one.lines) for one in self._general) > MAX_GENERAL_LINES:
            raise UnreadableError(
                f"More than {MAX_GENERAL_LINES} of its lines are for many servers at once."
            )

    def _file(self, block: _Block, line: Line) -> None:
        if line.keyword == "host":
            self.named.update(dict.fromkeys(line.words))
        if line.keyword == "match" or any(_is_general(word) for word in line.words):
            self._general.append(block)
        else:
            for word in line.words:
                self._by_name.setdefault(word, []).append(block)

    def ask(self, name: str, user: str | None = None, port: int | None = None) -> answer.Answer:
        """Return what is configured for a name, in the order of the file."""
        blocks = sorted(
            [*self._general, *self._by_name.get(name, ())], key=lambda block: block.place
        )
        items = tuple(line for block in blocks for line in block.lines)
        # Who runs monserv is nobody to this file.
        return answer.ask(items, name, user, port, "")


def _candidates(config: _Config, names: Iterable[str]) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    ways_to: dict[str, str] = {}
    for name in names:
        said = config.ask(name)
        found[name] = one = _candidate(name, said)
        try:
            way = ways.read(said.proxy_jump or "", said.proxy_command or "")
        except ways.NoWayError as error:
            found[name] = replace(one, problem=str(error))
            continue
        before = ""
        for jump in way:
            if jump.name not in config.named and jump.name not in found:
                asked = config.ask(jump.name, jump.user, jump.port)
                found[jump.name] = _candidate(jump.name, asked, NAMED_AS_JUMP)
            if before:
                ways_to.setdefault(jump.name, before)
            before = jump.name
        found[name] = replace(one, jump=before)
    if len(found) > MAX_CANDIDATES:
        raise UnreadableError(f"It names more than {MAX_CANDIDATES} servers.")
    # Of several jump servers in a row each is reached through the one before, unless its own
    # lines say otherwise.
    return [
        one if one.jump else replace(one, jump=ways_to.get(name, "")) for name, one in found.items()
    ]


def _candidate(name: str, said: answer.Answer, *remarks: str) -> Candidate:
    keys = [one for one in said.identity_files if one.lower() != "none"]
    return Candidate(
        name=name,
        host=answer.hostname_of(said, name),
        port=said.port or 22,
        username=said.user or "",
        key=keys[0] if keys else "",
        remarks=(*remarks, *([SEVERAL_KEYS] if len(keys) > 1 else [])),
    )
