"""What is asked of the tables of those who may come in; each runs inside one transaction.

Every change may be done twice: the ids are made by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from monserv.db.tables.accounts import accounts, sessions, tokens
from monserv.errors import AccountConflict, UnknownAccount
from monserv.model import directory
from monserv.model.access import Role
from monserv.model.account import Account, Scope, Session, Token, name_key
from monserv.model.directory import Directory

# Of a flood of log-ins the oldest end, so that neither memory nor database grows.
MAX_SESSIONS_PER_ACCOUNT = 50
MAX_TOKENS = 1000
# One account leaves some of them to others.
MAX_TOKENS_PER_ACCOUNT = 100
MAX_ACCOUNTS = 1000


def read(connection: Connection) -> Directory:
    """Return all of them."""
    return directory.build(
        [_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name))],
        [_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.created_at))],
        [_session(row) for row in connection.execute(select(sessions))],
    )


def read_changes(connection: Connection, version: object) -> tuple[object, Directory] | None:
    """Return everything and its version, or ``None`` when ``version`` is still the newest.

    SQLite counts what others have committed, for each connection from anew.
    """
    mark = connection.info.setdefault("mark", object())
    newest = (mark, connection.exec_driver_sql("PRAGMA data_version").scalar_one())
    return None if newest == version else (newest, read(connection))


def count(connection: Connection) -> tuple[int, int]:
    """Return how many accounts and how many tokens there are."""
    return _count(connection, accounts), _count(connection, tokens)


def add_first_account(connection: Connection, account: Account) -> None:
    """Add the first account; raises ``AccountConflict`` when there is another."""
    others = select(accounts.c.id).where(accounts.c.id != account.id).limit(1)
    if connection.execute(others).first() is not None:
        raise AccountConflict("There is an account already.")
    add_account(connection, account)


def add_account(connection: Connection, account: Account) -> None:
    """Add an account; raises ``AccountConflict``."""
    _refuse_taken(connection, account)
    if _count(connection, accounts) >= MAX_ACCOUNTS:
        raise AccountConflict(f"There are {MAX_ACCOUNTS} accounts, and no more can be.")
    connection.execute(insert(accounts).values(_account_row(account)).on_conflict_do_nothing())


def change_account(connection: Connection, account_id: str, changed: Mapping[str, Any]) -> None:
    """Set the fields of ``changed``; raises ``UnknownAccount``."""
    values = {name: _value(value) for name, value in changed.items()}
    done = connection.execute(update(accounts).where(accounts.c.id == account_id).values(values))
    _require(done.rowcount, "account")


def remove_account(connection: Connection, account_id: str) -> None:
    """Remove an account with its tokens and sessions; raises ``UnknownAccount``."""
    done = connection.execute(delete(accounts).where(accounts.c.id == account_id))
    _require(done.rowcount, "account")


def refuse_last_admin(connection: Connection, account_id: str) -> None:
    """Raise ``AccountConflict`` when nobody else could manage accounts."""
    others = select(accounts.c.id).where(
        accounts.c.id != account_id,
        accounts.c.role == Role.ADMIN.value,
        accounts.c.tags == "",
        accounts.c.is_disabled.is_(False),
    )
    if connection.execute(others.limit(1)).first() is None:
        raise AccountConflict("This is the last admin; make another one first.")


def add_token(connection: Connection, token: Token) -> None:
    """Add a token; raises ``UnknownAccount`` when its account is gone, and ``AccountConflict``."""
    if token.account_id is not None:
        owner = select(accounts.c.id).where(accounts.c.id == token.account_id)
        _require(connection.execute(owner).first() is not None, "account")
        _refuse_more_tokens(connection, token.account_id)
    if _count(connection, tokens) >= MAX_TOKENS:
        raise AccountConflict(f"There are {MAX_TOKENS} tokens; revoke those that nobody uses.")
    row = _row(asdict(token))
    connection.execute(insert(tokens).values(row).on_conflict_do_nothing())


def remove_token(connection: Connection, token_id: str) -> None:
    """Remove a token; raises ``UnknownAccount``."""
    _require(connection.execute(delete(tokens).where(tokens.c.id == token_id)).rowcount, "token")


def add_session(connection: Connection, session: Session, owner: Account) -> None:
    """Add a session, and end those that are too many or over.

    Raises ``UnknownAccount`` where its owner may log in no more, or has another password.
    """
    _require(_has_password(connection, owner), "account")
    connection.execute(delete(sessions).where(sessions.c.expires_at <= session.created_at))
    connection.execute(insert(sessions).values(_row(asdict(session))).on_conflict_do_nothing())
    newest = (
        select(sessions.c.id)
        .where(sessions.c.account_id == session.account_id)
        .order_by(sessions.c.created_at.desc())
        .limit(MAX_SESSIONS_PER_ACCOUNT)
    )
    connection.execute(
        delete(sessions).where(
            sessions.c.account_id == session.account_id, sessions.c.id.not_in(newest)
        )
    )


def remove_session(connection: Connection, session_id: str) -> None:
    """End a session; one that is over already is no error."""
    connection.execute(delete(sessions).where(sessions.c.id == session_id))


def remove_sessions(connection: Connection, account_id: str, kept: str | None = None) -> None:
    """End all sessions of an account but ``kept``."""
    ended = delete(sessions).where(sessions.c.account_id == account_id)
    if kept is not None:
        ended = ended.where(sessions.c.id != kept)
    connection.execute(ended)


def touch_sessions(connection: Connection, used: Mapping[str, datetime]) -> None:
    """Write down when sessions were last used."""
    for session_id, used_at in used.items():
        connection.execute(
            update(sessions).where(sessions.c.id == session_id).values(used_at=used_at)
        )


def refuse_other_password(connection: Connection, account: Account) -> None:
    """Raise ``AccountConflict`` when the account has another password than ``account``."""
    if not _has_password(connection, account):
        raise AccountConflict("The password was changed meanwhile.")


def tags_text(tags: Iterable[str]) -> str:
    """Return tags as they lie in a row."""
    return ",".join(sorted(tags))


def _refuse_taken(connection: Connection, account: Account) -> None:
    taken = select(accounts.c.id).where(
        accounts.c.name_key == name_key(account.name), accounts.c.id != account.id
    )
    if connection.execute(taken).first() is not None:
        raise AccountConflict(f"There is an account named {account.name} already.")


def _refuse_more_tokens(connection: Connection, account_id: str) -> None:
    own = select(func.count()).where(tokens.c.account_id == account_id)
    if connection.execute(own).scalar_one() >= MAX_TOKENS_PER_ACCOUNT:
        raise AccountConflict(
            f"The account has {MAX_TOKENS_PER_ACCOUNT} tokens; revoke those that nobody uses."
        )


def _has_password(connection: Connection, account: Account) -> bool:
    """Whether the account may log in, with the password that ``account`` has."""
    same = select(accounts.c.id).where(
        accounts.c.id == account.id,
        accounts.c.password_hash == account.password_hash,
        accounts.c.is_disabled.is_(False),
    )
    return connection.execute(same).first() is not None


def _require(found: object, noun: str) -> None:
    if not found:
        raise UnknownAccount(f"There is no such {noun}.")


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _account_row(account: Account) -> dict[str, Any]:
    return _row(asdict(account)) | {"name_key": name_key(account.name)}


def _row(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in fields.items()}


def _value(value: Any) -> Any:
    if isinstance(value, frozenset):
        return tags_text(value)
    return value.value if isinstance(value, Role | Scope) else value


def _tags(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


def _account(row: Row[*tuple[Any, ...]]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        tags=_tags(row.tags),
        created_at=row.created_at,
        password_hash=row.password_hash,
        is_disabled=row.is_disabled,
    )


def _token(row: Row[*tuple[Any, ...]]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        digest=row.digest,
        scope=Scope(row.scope),
        tags=_tags(row.tags),
        account_id=row.account_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _session(row: Row[*tuple[Any, ...]]) -> Session:
    return Session(
        id=row.id,
        digest=row.digest,
        account_id=row.account_id,
        created_at=row.created_at,
        used_at=row.used_at,
        expires_at=row.expires_at,
        address=row.address,
        agent=row.agent,
    )
