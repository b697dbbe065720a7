"""What each credential opens: all accounts, tokens and sessions at one instant; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from monserv.model.access import Access, Role, lesser
from monserv.model.account import Account, Session, Token, name_key

# Stands where two limits have no tag in common: no server has an empty tag.
NO_SERVER = frozenset({""})
NOBODY = Access(name="", role=Role.VIEWER, tags=NO_SERVER)


class Kind(StrEnum):
    """What was shown."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 -- a word, no secret


@dataclass(frozen=True, slots=True)
class Grant:
    """What one credential opens, whose it is (``None``: its own), and which row it is."""

    kind: Kind
    id: str
    account_id: str | None
    access: Access


@dataclass(frozen=True, slots=True)
class Directory:
    """All accounts, tokens and sessions by their ids."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    tokens: Mapping[str, Token] = field(default_factory=dict)
    sessions: Mapping[str, Session] = field(default_factory=dict)
    # Digest -> what it opens; who is disabled has none.
    grants: Mapping[str, Grant] = field(default_factory=dict)

    def named(self, name: str) -> Account | None:
        """Return the account that a person means by ``name``."""
        key = name_key(name)
        found = (one for one in self.accounts.values() if name_key(one.name) == key)
        return next(found, None)

    def grant(self, digest: str, now: datetime) -> Grant | None:
        """Return what the credential with this digest opens now."""
        found = self.grants.get(digest)
        return found if found is not None and is_valid(found.access, now) else None


def is_valid(access: Access, now: datetime) -> bool:
    """Whether it has not expired."""
    return access.expires_at is None or now < access.expires_at


def build(
    accounts: Iterable[Account], tokens: Iterable[Token], sessions: Iterable[Session]
) -> Directory:
    """Return the directory of these."""
    people = {one.id: one for one in accounts}
    programs = {one.id: one for one in tokens}
    logins = {one.id: one for one in sessions}
    grants: dict[str, Grant] = {}
    for session in logins.values():
        person = people.get(session.account_id)
        if person is not None and not person.is_disabled:
            grants[session.digest] = _of_session(session, person)
    for token in programs.values():
        owner = None if token.account_id is None else people.get(token.account_id)
        if token.account_id is None or (owner is not None and not owner.is_disabled):
            grants[token.digest] = _of_token(token, owner)
    return Directory(
        MappingProxyType(people),
        MappingProxyType(programs),
        MappingProxyType(logins),
        MappingProxyType(grants),
    )


def _of_session(session: Session, person: Account) -> Grant:
    access = Access(person.name, person.role, person.tags, expires_at=session.expires_at)
    return _grant(Kind.SESSION, session.id, person.id, access)


def _of_token(token: Token, owner: Account | None) -> Grant:
    role, tags, name = token.scope.role, token.tags, token.name
    if owner is not None:
        name = f"{owner.name} ({token.name})"
        tags = _both(tags, owner.tags)
        role = lesser(role, owner.role)
    access = Access(name, role, tags, expires_at=token.expires_at)
    return _grant(Kind.TOKEN, token.id, token.account_id, access)


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Return the tags within both limits; an empty set limits nothing."""
    if not one or not other:
        return one or other
    return (one & other) or NO_SERVER


def _grant(kind: Kind, id_: str, account_id: str | None, access: Access) -> Grant:
    """Name the credential after all that it opens: what is changed is another credential."""
    extent = "\0".join([access.role, *sorted(access.tags)])
    mark = hashlib.sha256(extent.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return Grant(kind, id_, account_id, replace(access, credential=f"{kind}:{id_}:{mark}"))
