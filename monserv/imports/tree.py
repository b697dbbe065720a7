"""An inventory as a tree: YAML, or the JSON that ``ansible-inventory --list`` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml  # type: ignore[import-untyped]  # it ships no types

from monserv.imports.groups import ALL, MAX_DEPTH, Groups
from monserv.imports.unreadable import UnreadableError

# Within a group: its hosts, or its children, and then again.
_MAX_NODES_DEEP = 3 * MAX_DEPTH
_NO_SENSE = "It is neither an inventory in INI nor one in YAML."


class _Loader(yaml.BaseLoader):  # type: ignore[misc]  # as above
    """Makes texts, lists and mappings and nothing else, each node once."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise UnreadableError("It has YAML aliases, which are not followed here.")
        self.depth += 1
        if self.depth > _MAX_NODES_DEEP:
            raise UnreadableError("It is nested too deep.")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read(text: str) -> Groups:
    """Return what an inventory holds; raises ``UnreadableError``."""
    found = _json(text) if text.lstrip().startswith("{") else _yaml(text)
    if not isinstance(found, dict):
        raise UnreadableError(_NO_SENSE)
    groups = Groups()
    for name, value in found.items():
        if name != "_meta":
            _group(groups, _text(name), value, 0)
    meta = found.get("_meta")
    variables = meta.get("hostvars") if isinstance(meta, dict) else None
    for host, values in _pairs(variables):
        if host in groups.hosts:
            groups.hosts[host].update(_texts(values))
    return groups


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 -- it makes no object of any other kind
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise UnreadableError(f"It is no readable YAML{where}.") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(_NO_SENSE) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _yaml(text)


def _group(groups: Groups, name: str, value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableError("Its groups lie too deep within each other.")
    group = groups.group(name)
    if isinstance(value, list):
        value = {"hosts": value}
    if not isinstance(value, dict):
        return
    for host, variables in _pairs(value.get("hosts")):
        groups.add_host(name, host, _texts(variables))
    group.variables.update(_texts(value.get("vars")))
    for child, inner in _pairs(value.get("children")):
        groups.group(child)
        if name != ALL:
            group.children[child] = None
        if inner is not None:
            _group(groups, child, inner, depth + 1)


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Give names with what stands below them; a list has names alone."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield _text(name), inner
    elif isinstance(value, list):
        for name in value:
            if not isinstance(name, dict | list):
                yield _text(name), None


def _texts(value: Any) -> dict[str, str]:
    """Return the variables that are texts or numbers; others say nothing about a login."""
    return {name: _text(one) for name, one in _pairs(value) if isinstance(one, str | int | float)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
