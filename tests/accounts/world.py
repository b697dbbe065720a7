"""A server's accounts and a command line beside it, on one database, with a clock that is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from monserv.accounts import registry
from monserv.accounts.passwords import Passwords
from monserv.accounts.registry import Registry
from monserv.accounts.service import Accounts
from monserv.clock import ManualClock
from monserv.db.engine import Database
from monserv.model.access import Role
from monserv.model.account import Account
from monserv.model.secret import Secret
from tests.web.fakes import settings

PASSWORD = Secret("correct horse battery")
# However long a busy machine takes to write, here nobody waits for it at a page.
registry.WRITE_SECONDS = 30.0


class Connections:
    """The hub as far as it matters here: which credentials have live connections."""

    def __init__(self) -> None:
        self.alive: set[str] = set()

    def drop(self, is_stale: Callable[[str], bool]) -> None:
        self.alive = {one for one in self.alive if not is_stale(one)}


@cache
def _hash() -> str:
    passwords = Passwords(1)
    try:
        return passwords.hash(PASSWORD, "")
    finally:
        passwords.stop()


class OnePassword(Passwords):
    """Hashes the password that everybody here has once for all; what compares it is real."""

    def hash(self, password: Secret, name: str) -> str:
        return _hash() if password is PASSWORD else super().hash(password, name)


class World:
    """In ``folder``, which gets its own copy of a new database."""

    def __init__(self, folder: Path, new_database: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'monserv.db'}"
        shutil.copy(new_database, folder / "monserv.db")
        self.clock = ManualClock()
        self.connections = Connections()
        self._databases: list[Database] = []
        self._services: list[Accounts] = []
        self._passwords = OnePassword()
        self.shell = Registry(self._database(), self._passwords, self.clock)

    def serve(self, **changed: object) -> Accounts:
        """Return what a server knows, once it has been read; no thread runs."""
        chosen = settings(data_dir=self.folder, database_url=self.url, **changed)
        service = Accounts(self._database(), self.connections.drop, self.clock, chosen)
        self._services.append(service)
        service.look()
        return service

    def person(self, name: str, role: Role = Role.VIEWER, *tags: str) -> Account:
        """Make an account from the command line."""
        return self.shell.add_account(name, PASSWORD, role, tags)

    def end(self) -> None:
        for service in self._services:
            service.stop(5)
        self._passwords.stop()
        for database in self._databases:
            database.close()

    def _database(self) -> Database:
        self._databases.append(Database(self.url))
        return self._databases[-1]
