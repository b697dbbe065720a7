"""Through which servers others are reached, as files of OpenSSH and Ansible say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from monserv.model.candidate import Candidate
from monserv.sshconfig import jumps
from monserv.sshconfig.jumps import Jump

# What people wrote before there was ProxyJump, and all that is understood of a command.
_FORWARD = re.compile(r"ssh(?:\s+-q)*\s+-W\s+\[?%h\]?:%p(?:\s+-q)*\s+([\w.@:\[\]-]+)")

NO_COMMAND = "It is reached through a command, and nothing is executed here."
NO_WAY = "Its jump server cannot be read."
CIRCLE = "Its jump servers lead in a circle."


class NoWayError(ValueError):
    """The way to a server cannot be told; the text is a sentence."""


def read(proxy_jump: str, proxy_command: str = "") -> tuple[Jump, ...]:
    """Return the jump servers on the way, the first one first; raises ``NoWayError``."""
    if proxy_command and proxy_command.lower() != "none":
        found = _FORWARD.fullmatch(proxy_command.strip().strip("\"'"))
        if found is None:
            raise NoWayError(NO_COMMAND)
        proxy_jump = found[1]
    try:
        return jumps.read(proxy_jump or "none")
    except ValueError:
        raise NoWayError(NO_WAY) from None


def in_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return each one after that which it is reached through; circles become problems."""
    by_name = {one.name: one for one in candidates}
    done: dict[str, Candidate] = {}
    for one in by_name.values():
        way = {one.name: one}
        jump = one.jump
        while jump in by_name and jump not in done:
            if jump in way:
                way = {
                    name: replace(each, problem=each.problem or CIRCLE)
                    for name, each in way.items()
                }
                break
            way[jump] = by_name[jump]
            jump = by_name[jump].jump
        for name, each in reversed(way.items()):
            done.setdefault(name, each)
    return tuple(done.values())
