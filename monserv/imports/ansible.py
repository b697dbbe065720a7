"""An inventory of Ansible as a list of servers, their groups as tags."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace

from monserv.imports import ini, tree, ways
from monserv.imports.groups import OWN, Groups
from monserv.imports.unreadable import shortened
from monserv.model.candidate import Candidate, FileKind, Reading
from monserv.sshconfig.jumps import Jump

MAX_TAGS = 20
_HOST = ("ansible_host", "ansible_ssh_host")
_PORT = ("ansible_port", "ansible_ssh_port")
_USER = ("ansible_user", "ansible_ssh_user")
_KEY = ("ansible_ssh_private_key_file", "ansible_private_key_file")
_ARGUMENTS = ("ansible_ssh_common_args", "ansible_ssh_extra_args")
_PASSWORD = re.compile(r"ansible_(?:ssh_)?pass(?:word)?|ansible_ssh_private_key(?:_passphrase)?")
_OVER_SSH = frozenset({"", "ssh", "smart", "paramiko", "paramiko_ssh", "libssh"})
_TREE = re.compile(r"\s*\{|(?:[ \t]*(?:#.*)?\n|---.*\n)*[ \t]*[^\s\[#;][^\n=\[]*?:(?:[ \t\n]|\Z)")

PASSWORD_LEFT = "A password stands in the file, and is not taken."  # noqa: S105 -- says of none
TEMPLATE = "It has a template of Ansible, which is not filled in here."
ENCRYPTED = "It has a value that ansible-vault has encrypted."
NO_PORT = "Its port is no number from 1 to 65535."
_MAX_PORT = 65535


def read(text: str) -> Reading:
    """Return the servers of an inventory; raises ``UnreadableError``."""
    groups = tree.read(text) if _TREE.match(text) else ini.read(text)
    found = {
        host: _candidate(host, names, _variables(groups, host, names))
        for host, names in groups.memberships().items()
    }
    candidates = ways.in_order(_with_ways(found))
    return Reading(FileKind.ANSIBLE, candidates, shortened(groups.remarks))


def _variables(groups: Groups, host: str, names: list[str]) -> dict[str, str]:
    """Return what is set for a host: what is nearer to it goes before."""
    found: dict[str, str] = {}
    for name in names:
        group = groups.groups.get(name)
        if group is not None:
            found |= group.variables
    return found | groups.hosts[host]


def _first(variables: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((variables[name] for name in names if name in variables), "")


def _candidate(host: str, groups: list[str], variables: Mapping[str, str]) -> Candidate:
    port = _first(variables, _PORT) or "22"
    is_port = re.fullmatch("[0-9]{1,5}", port) is not None and 0 < int(port) <= _MAX_PORT
    # ``jump`` holds the arguments until all servers are known.
    one = Candidate(
        name=host,
        host=_first(variables, _HOST) or host,
        port=int(port) if is_port else 22,
        username=_first(variables, _USER),
        jump=" ".join(filter(None, (variables.get(name, "") for name in _ARGUMENTS))),
        key=_first(variables, _KEY),
        tags=tuple(name for name in groups if name not in OWN)[:MAX_TAGS],
        remarks=(PASSWORD_LEFT,) if any(map(_PASSWORD.fullmatch, variables)) else (),
    )
    return replace(one, problem=_problem(one, variables, is_port=is_port))


def _problem(one: Candidate, variables: Mapping[str, str], *, is_port: bool) -> str:
    connection = variables.get("ansible_connection", "")
    if connection.removeprefix("ansible.builtin.") not in _OVER_SSH:
        return "It is not reached over SSH."
    said = (one.name, one.host, one.username, one.key, one.jump, _first(variables, _PORT))
    if any("{{" in text or "{%" in text for text in said):
        return TEMPLATE
    if any(text.lstrip().startswith("$ANSIBLE_VAULT") for text in said):
        return ENCRYPTED
    return "" if is_port else NO_PORT


def _with_ways(found: Mapping[str, Candidate]) -> list[Candidate]:
    """Return the candidates with the names of their jump servers, and these among them."""
    by_host = {one.host: one.name for one in reversed(list(found.values()))}
    known = dict(found)
    for name, one in found.items():
        try:
            way = _way(one.jump)
        except ways.NoWayError as error:
            known[name] = replace(one, jump="", problem=one.problem or str(error))
            continue
        before = ""
        for jump in way:
            before = _jump(known, by_host, jump, before)
        known[name] = replace(known[name], jump=before)
    return list(known.values())


def _jump(known: dict[str, Candidate], by_host: dict[str, str], jump: Jump, before: str) -> str:
    """Return the name of a jump server, which is added where the inventory has none."""
    name = jump.name if jump.name in known else by_host.get(jump.name, jump.name)
    if name not in known:
        known[name] = Candidate(
            name=name,
            host=jump.name,
            port=jump.port or 22,
            username=jump.user or "",
            jump=before,
            remarks=("Named as a jump server alone.",),
        )
    return name


def _way(arguments: str) -> tuple[Jump, ...]:
    """Return the jump servers that arguments of ``ssh`` name; raises ``NoWayError``."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        raise ways.NoWayError(ways.NO_WAY) from None
    settings = {"proxyjump": "", "proxycommand": ""}
    for word, following in itertools.zip_longest(words, words[1:], fillvalue=""):
        if word in {"-J", "-o"} or word.startswith(("-J", "-o")):
            value = following if word in {"-J", "-o"} else word[2:]
            name, _, text = (
                value.partition("=") if word.startswith("-o") else ("ProxyJump", "", value)
            )
            settings[name.strip().lower()] = text.strip()
    return ways.read(settings["proxyjump"], settings["proxycommand"])
