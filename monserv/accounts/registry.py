"""What is written down about accounts, tokens and sessions: one transaction a change.

The server and the command line use it alike, each with a database of its own, also
at the same time. It keeps nothing in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from monserv.accounts import credentials
from monserv.accounts.passwords import Passwords
from monserv.clock import Clock
from monserv.db import accounts as rows
from monserv.db.engine import Database
from monserv.errors import AccountError
from monserv.model.access import Role
from monserv.model.account import Account, Scope, Session, Token, name_flaw
from monserv.model.directory import Directory
from monserv.model.secret import Secret

WRITE_SECONDS = 5.0
READ_SECONDS = 5.0
SESSION_LIFETIME = timedelta(days=30)
MAX_TAGS = 50
MAX_TAG_LENGTH = 64
_MAX_AGENT_LENGTH = 200


class Registry:
    """Every call raises ``StorageError`` when the database cannot be used, and what it names."""

    def __init__(self, database: Database, passwords: Passwords, clock: Clock) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def read(self) -> Directory:
        """Return everything as it is now."""
        return self._database.read(READ_SECONDS, rows.read)

    def add_account(
        self,
        name: str,
        password: Secret,
        role: Role,
        tags: Iterable[str] = (),
        *,
        first: bool = False,
    ) -> Account:
        """Make an account; raises ``AccountError``, and also, with ``first``, if there is one."""
        account = Account(
            id=credentials.new_id(),
            name=_checked_name(name),
            role=role,
            tags=checked_tags(tags),
            created_at=self._clock.now(),
            password_hash=self._passwords.hash(password, name),
        )
        add = rows.add_first_account if first else rows.add_account
        self._database.write(WRITE_SECONDS, lambda connection: add(connection, account))
        return account

    def change_account(
        self, account: Account, changed: Mapping[str, Any], *, spare_last_admin: bool
    ) -> None:
        """Set role, tags or ``is_disabled``; raises ``AccountError``.

        With ``spare_last_admin`` somebody is left who can manage accounts.
        """
        values = dict(changed)
        if "tags" in values:
            values["tags"] = checked_tags(values["tags"])
        stays = not values.get("is_disabled", account.is_disabled) and (
            values.get("role", account.role) is Role.ADMIN and not values.get("tags", account.tags)
        )

        def work(connection: Any) -> None:
            if spare_last_admin and not stays and _is_full_admin(account):
                rows.refuse_last_admin(connection, account.id)
            rows.change_account(connection, account.id, values)
            if values.get("is_disabled"):
                rows.remove_sessions(connection, account.id)

        self._database.write(WRITE_SECONDS, work)

    def set_password(
        self,
        account: Account,
        password: Secret,
        kept: str | None = None,
        *,
        instead_of_shown: bool = False,
    ) -> None:
        """Change a password; all sessions of the account end, but ``kept``.

        With ``instead_of_shown`` it replaces the one that ``account`` has, and no newer
        one: hashing takes its time, and meanwhile somebody else may have changed it.
        """
        changed = {"password_hash": self._passwords.hash(password, account.name)}

        def work(connection: Any) -> None:
            if instead_of_shown:
                rows.refuse_other_password(connection, account)
            rows.change_account(connection, account.id, changed)
            rows.remove_sessions(connection, account.id, kept)

        self._database.write(WRITE_SECONDS, work)

    def remove_account(self, account: Account, *, spare_last_admin: bool) -> None:
        """Remove an account with its tokens and sessions; raises ``AccountError``."""

        def work(connection: Any) -> None:
            if spare_last_admin and _is_full_admin(account):
                rows.refuse_last_admin(connection, account.id)
            rows.remove_account(connection, account.id)

        self._database.write(WRITE_SECONDS, work)

    def add_token(
        self,
        name: str,
        scope: Scope,
        tags: Iterable[str],
        expires_at: datetime | None,
        owner: Account | None,
    ) -> tuple[Token, Secret]:
        """Make a token; its text is returned here and never again. Raises ``AccountError``."""
        now = self._clock.now()
        if expires_at is not None and expires_at <= now:
            raise AccountError("A token that has expired opens nothing.")
        text = credentials.new_token()
        token = Token(
            id=credentials.new_id(),
            name=_checked_name(name),
            digest=credentials.digest(text),
            scope=scope,
            tags=checked_tags(tags),
            account_id=None if owner is None else owner.id,
            created_at=now,
            expires_at=expires_at,
        )
        self._database.write(WRITE_SECONDS, lambda connection: rows.add_token(connection, token))
        return token, text

    def remove_token(self, token: Token) -> None:
        """Revoke a token; raises ``AccountError`` when it is gone already."""
        self._database.write(
            WRITE_SECONDS, lambda connection: rows.remove_token(connection, token.id)
        )

    def add_session(self, account: Account, address: str, agent: str) -> tuple[Session, Secret]:
        """Log an account in; the secret goes into the cookie of that browser.

        Raises ``UnknownAccount`` when ``account`` may log in no more, or its password
        is another one by now.
        """
        now = self._clock.now()
        cookie = credentials.new_cookie()
        session = Session(
            id=credentials.new_id(),
            digest=credentials.digest(cookie),
            account_id=account.id,
            created_at=now,
            used_at=now,
            expires_at=now + SESSION_LIFETIME,
            address=address,
            agent=agent[:_MAX_AGENT_LENGTH],
        )
        self._database.write(
            WRITE_SECONDS, lambda connection: rows.add_session(connection, session, account)
        )
        return session, cookie

    def remove_session(self, session_id: str) -> None:
        """End a session; one that is over already is no error."""
        self._database.write(
            WRITE_SECONDS, lambda connection: rows.remove_session(connection, session_id)
        )

    def touch_sessions(self, used: Mapping[str, datetime]) -> None:
        """Write down when sessions were last used."""
        self._database.write(
            WRITE_SECONDS, lambda connection: rows.touch_sessions(connection, used)
        )


def checked_tags(tags: Iterable[str]) -> frozenset[str]:
    """Return tags without blanks around them; raises ``AccountError``."""
    found = frozenset(filter(None, (tag.strip() for tag in tags)))
    if len(found) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in found):
        raise AccountError(f"At most {MAX_TAGS} tags, of at most {MAX_TAG_LENGTH} characters.")
    if any("," in tag or not tag.isprintable() for tag in found):
        raise AccountError("A tag has neither commas nor control characters.")
    return found


def _checked_name(name: str) -> str:
    wrong = name_flaw(name)
    if wrong is not None:
        raise AccountError(wrong)
    return name


def _is_full_admin(account: Account) -> bool:
    return account.role is Role.ADMIN and not account.tags and not account.is_disabled
