"""What an SSH configuration answers for one name: the first value of each setting counts."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monserv.sshconfig import jumps, matching
from monserv.sshconfig.files import Included, Items
from monserv.sshconfig.lines import Line
from monserv.sshconfig.matching import Subject
from monserv.sshconfig.pattern import matches

MAX_FILES_NAMED = 100  # as OpenSSH
MAX_PORT = 65535

_YES = frozenset({"yes", "true"})
_NO = frozenset({"no", "false"})
# Those that may be given several times, and add up.
_LISTS = frozenset({"identityfile", "certificatefile"})
_SINGLE = frozenset(
    {"hostname", "user", "port", "identitiesonly", "identityagent", "proxyjump", "proxycommand"}
)
_TOKEN = re.compile(r"%(?P<letter>.?)|\$\{(?P<variable>[^}]*)\}")


class UnusableError(ValueError):
    """What is configured for a name cannot be used; the text says so, without a subject."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is configured; ``None`` and ``()`` where nothing is.

    Texts are as written: what stands for something else in them is put in by ``filled``.
    """

    hostname: str | None = None
    user: str | None = None
    port: int | None = None
    identity_files: tuple[str, ...] = ()
    certificate_files: tuple[str, ...] = ()
    identities_only: bool = False
    identity_agent: str | None = None
    proxy_jump: str | None = None
    proxy_command: str | None = None


@dataclass(slots=True)
class _Found:
    single: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)


def check(items: Items) -> list[str]:
    """Raise ``BrokenConfigError`` for what ``ssh`` would refuse, for whichever host it is.

    Returns the places of blocks that never apply, each with the criterion that is not decided.
    """
    ignored: list[str] = []
    for item in items:
        if isinstance(item, Included):
            for one in item.files:
                ignored += check(one)
        elif item.keyword == "match":
            kind = matching.undecided(matching.criteria(item))
            if kind is not None:
                ignored.append(f"{item.place}: Match {kind}")
        else:
            _check(item)
    return ignored


def _check(line: Line) -> None:
    if line.keyword == "host":
        if not line.words:
            raise line.broken("Host names no pattern")
    elif line.keyword in _SINGLE | _LISTS:
        if not line.words:
            raise line.broken(f"{line.keyword} says nothing")
        if len(line.words) > 1 and line.keyword != "proxycommand":
            raise line.broken(f"{line.keyword} says more than one word")
        _check_value(line)


def _check_value(line: Line) -> None:
    word = line.words[0]
    if line.keyword == "port" and not (
        re.fullmatch("[0-9]{1,5}", word) and 0 < int(word) <= MAX_PORT
    ):
        raise line.broken(f"the port is no number from 1 to {MAX_PORT}")
    if line.keyword == "identitiesonly" and word.lower() not in _YES | _NO:
        raise line.broken("identitiesonly is neither yes nor no")
    if line.keyword == "proxyjump":
        try:
            jumps.read(word)
        except ValueError as error:
            raise line.broken(f"proxyjump {error}") from None


def ask(items: Items, written: str, user: str | None, port: int | None, local_user: str) -> Answer:
    """Return what is configured for a name; ``user`` and ``port`` go before it when given.

    The second pass that ``Match final`` asks for goes by the name that the first one found.
    """
    found = _Found()
    if user is not None:
        found.single["user"] = user
    if port is not None:
        found.single["port"] = str(port)
    asking = _Asking(found, written, local_user)
    asking.go(items, written, is_final=False)
    if asking.wants_final:
        name = _hostname(found.single.get("hostname", written), written).lower()
        found.single["hostname"] = name.replace("%", "%%")
        asking.go(items, name, is_final=True)
    single = found.single
    return Answer(
        hostname=single.get("hostname"),
        user=single.get("user"),
        port=int(single["port"]) if "port" in single else None,
        identity_files=tuple(found.lists.get("identityfile", ())),
        certificate_files=tuple(found.lists.get("certificatefile", ())),
        identities_only=single.get("identitiesonly", "no").lower() in _YES,
        identity_agent=single.get("identityagent"),
        proxy_jump=single.get("proxyjump"),
        proxy_command=single.get("proxycommand"),
    )


class _Asking:
    def __init__(self, found: _Found, written: str, local_user: str) -> None:
        self._found = found
        self._written = written
        self._local_user = local_user
        self.wants_final = False

    def go(self, items: Items, name: str, *, is_final: bool, is_active: bool = True) -> None:
        """Take the values of all blocks that apply; an included file begins in its block."""
        outer = is_active
        for item in items:
            if isinstance(item, Included):
                for one in item.files:
                    self.go(one, name, is_final=is_final, is_active=is_active)
            elif item.keyword == "host":
                is_active = outer and matches(name, item.words)
            elif item.keyword == "match":
                criteria = matching.criteria(item)
                self.wants_final |= outer and any(one.kind == "final" for one in criteria)
                subject = self._subject(name, is_final=is_final)
                is_active = outer and matching.is_about(criteria, subject)
            elif is_active:
                self._take(item)

    def _subject(self, name: str, *, is_final: bool) -> Subject:
        single = self._found.single
        return Subject(
            written=self._written,
            name=name,
            hostname=_hostname(single.get("hostname", name), name),
            user=single.get("user", self._local_user),
            local_user=self._local_user,
            is_final=is_final,
        )

    def _take(self, line: Line) -> None:
        single, keyword = self._found.single, line.keyword
        if keyword in _LISTS:
            listed = self._found.lists.setdefault(keyword, [])
            if line.words[0] not in listed and len(listed) < MAX_FILES_NAMED:
                listed.append(line.words[0])
        elif keyword in {"proxyjump", "proxycommand"}:
            self._take_proxy(line)
        elif keyword in _SINGLE:
            single.setdefault(keyword, line.words[0])

    def _take_proxy(self, line: Line) -> None:
        """Take the first of both settings; a ``ProxyJump none`` leaves room for a command."""
        single = self._found.single
        if line.keyword == "proxycommand" and _is_none(single.get("proxyjump")):
            single.setdefault("proxycommand", line.rest)
        elif "proxycommand" not in single:
            single.setdefault("proxyjump", line.words[0])


def _is_none(text: str | None) -> bool:
    return (text or "none").lower() == "none"


def hostname_of(answer: Answer, written: str) -> str:
    """Return the name or address under which a server is reached."""
    return _hostname(answer.hostname, written) if answer.hostname is not None else written


def _hostname(text: str, name: str) -> str:
    return text.replace("%%", "\0").replace("%h", name).replace("\0", "%")


def filled(text: str, tokens: Mapping[str, str]) -> str:
    """Return ``text`` with what its ``%`` and ``${}`` stand for; raises ``UnusableError``.

    What is put in is not looked at again: a user may be called ``${SECRET}``.
    """

    def token(found: re.Match[str]) -> str:
        name = found["variable"]
        if name is not None:
            value = os.environ.get(name)
            if value is None:
                raise UnusableError(f"names ${{{name}}}, which is not set")
            return value
        letter = found["letter"]
        value = tokens.get(letter)
        if value is None:
            raise UnusableError(f"has %{letter}, which is not known here")
        if letter == "r" and "/" in value:
            raise UnusableError("has %r, and the user's name has a slash")
        return value

    return _TOKEN.sub(token, text)


def tokens(written: str, hostname: str, user: str, port: int, local_user: str) -> dict[str, str]:
    """Return what each letter after a ``%`` stands for in the path of a key."""
    return {
        "%": "%",
        "d": str(Path.home()),
        "h": hostname,
        "i": str(os.getuid()),
        "L": socket.gethostname().partition(".")[0],
        "n": written,
        "p": str(port),
        "r": user,
        "u": local_user,
    }
