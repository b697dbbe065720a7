"""An inventory as Ansible writes it in INI: sections, host lines, ranges."""

from __future__ import annotations

import itertools
import re
import shlex
import string
from collections.abc import Iterator

from monserv.imports.groups import Groups
from monserv.imports.unreadable import MAX_CANDIDATES, UnreadableError

_SECTION = re.compile(r"\[([^\[\]:]+)(?::(vars|children))?\]\s*(?:[#;].*)?")
_RANGE = re.compile(r"\[([0-9]+|[a-zA-Z]):([0-9]+|[a-zA-Z])(?::([0-9]{1,4}))?\]")
_PORT = re.compile(r"([^:\[\]]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_LETTERS = string.ascii_letters
MAX_DIGITS = 9


def read(text: str) -> Groups:
    """Return what an inventory holds; raises ``UnreadableError`` with the line."""
    groups, section, kind = Groups(), "ungrouped", None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and (found := _SECTION.fullmatch(line)):
            section, kind = found[1].strip(), found[2]
            groups.group(section)
        elif kind == "vars":
            name, value = _pair(line)
            groups.group(section).variables[name] = _unquoted(value)
        elif kind == "children":
            child = line.split()[0]
            groups.group(child)
            groups.group(section).children[child] = None
        else:
            _host(groups, section, line, number)
    return groups


def _host(groups: Groups, section: str, line: str, number: int) -> None:
    try:
        pattern, *settings = shlex.split(line, comments=True)
    except ValueError:
        groups.remarks.append(f"Line {number}: a quote is not closed, and it is left out.")
        return
    variables = dict(_pair(one) for one in settings if "=" in one)
    with_port = _PORT.fullmatch(pattern)
    if with_port is not None:
        pattern, port = with_port[1].strip("[]"), with_port[2]
        variables.setdefault("ansible_port", port)
    for host in _expanded(pattern, number):
        groups.add_host(section, host, variables)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _expanded(pattern: str, number: int) -> Iterator[str]:
    """Give the hosts of ``web[01:20].example``; raises ``UnreadableError`` for too many."""
    parts: list[list[str]] = []
    end = 0
    for found in _RANGE.finditer(pattern):
        parts += [[pattern[end : found.start()]], _range(found, number)]
        end = found.end()
    parts.append([pattern[end:]])
    count = 1
    for part in parts:
        count *= len(part)
    if count > MAX_CANDIDATES:
        raise UnreadableError(f"Line {number} stands for more than {MAX_CANDIDATES} servers.")
    for pieces in itertools.product(*parts):
        yield "".join(pieces)


def _range(found: re.Match[str], number: int) -> list[str]:
    first, last, step = found[1], found[2], int(found[3] or 1)
    if first.isdigit() != last.isdigit() or step == 0 or max(len(first), len(last)) > MAX_DIGITS:
        raise UnreadableError(f"Line {number} has a range that makes no sense.")
    if first.isdigit():
        span = range(int(first), int(last) + 1, step)
        if len(span) > MAX_CANDIDATES:
            raise UnreadableError(f"Line {number} stands for more than {MAX_CANDIDATES} servers.")
        width = len(first) if first.startswith("0") else 0
        return [str(one).zfill(width) for one in span]
    return list(_LETTERS[_LETTERS.index(first) : _LETTERS.index(last) + 1 : step])
