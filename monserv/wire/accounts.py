"""What REST shows of those who may come in; never a password, a hash or a digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from monserv.model.access import Access
from monserv.model.account import Account, Session, Token
from monserv.model.directory import Directory, Grant
from monserv.model.secret import Secret
from monserv.wire.encoding import stamp


def whoever(
    access: Access, grant: Grant | None, csrf_token: str, *, login_needed: bool
) -> dict[str, Any]:
    """Return who asks."""
    return {
        "login_needed": login_needed,
        "name": access.name,
        "role": access.role,
        "tags": tags(access.tags),
        "kind": "none" if grant is None else grant.kind,
        "csrf_token": csrf_token,
        "expires_at": _stamp(access.expires_at),
    }


def accounts(found: Iterable[Account]) -> dict[str, Any]:
    """Return accounts."""
    shown = [account(one) for one in found]
    return {"accounts": shown, "total": len(shown)}


def account(one: Account) -> dict[str, Any]:
    """Return one account."""
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role,
        "tags": tags(one.tags),
        "is_disabled": one.is_disabled,
        "created_at": stamp(one.created_at),
    }


def tokens(found: Iterable[Token], directory: Directory) -> dict[str, Any]:
    """Return tokens, without their texts, which nobody knows."""
    shown = [token(one, directory) for one in found]
    return {"tokens": shown, "total": len(shown)}


def token(one: Token, directory: Directory) -> dict[str, Any]:
    """Return one token, without its text."""
    owner = None if one.account_id is None else directory.accounts.get(one.account_id)
    return {
        "id": one.id,
        "name": one.name,
        "account": "" if owner is None else owner.name,
        "scope": one.scope,
        "tags": tags(one.tags),
        "created_at": stamp(one.created_at),
        "expires_at": _stamp(one.expires_at),
    }


def new_token(one: Token, text: Secret, directory: Directory) -> dict[str, Any]:
    """Return a token that was just made, with its text, this once."""
    return {**token(one, directory), "token": text.reveal()}


def sessions(
    found: Iterable[tuple[Session, datetime]], directory: Directory, own_id: str
) -> dict[str, Any]:
    """Return sessions, each with the time of its last use."""
    shown = [
        {
            "id": one.id,
            "account": directory.accounts[one.account_id].name,
            "is_own": one.id == own_id,
            "address": one.address,
            "agent": one.agent,
            "created_at": stamp(one.created_at),
            "used_at": stamp(used_at),
            "expires_at": stamp(one.expires_at),
        }
        for one, used_at in found
    ]
    return {"sessions": shown, "total": len(shown)}


def tags(found: frozenset[str]) -> str:
    """Return tags as one text, as servers have them."""
    return ",".join(sorted(found))


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)
