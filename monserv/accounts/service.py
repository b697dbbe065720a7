"""What the running process knows about those who may come in.

A request never waits for the disk: it asks an immutable directory in memory. Each
change is written down first; what another process has written (the command line)
is seen within a second, and what is no longer valid loses its live connections.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from monserv.accounts import credentials, signing_key
from monserv.accounts.login import REFUSED, Login
from monserv.accounts.passwords import Passwords
from monserv.accounts.registry import READ_SECONDS, Registry
from monserv.accounts.set_up import SetUp
from monserv.clock import Clock
from monserv.db import accounts as rows
from monserv.db.engine import Database
from monserv.errors import LoginRefused, StorageError, UnknownAccount
from monserv.model.access import Role
from monserv.model.account import Account, Session
from monserv.model.directory import Directory, Grant, Kind, is_valid
from monserv.model.secret import Secret
from monserv.model.settings import Settings
from monserv.settings import greeting

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
IDLE_LIFETIME = timedelta(days=7)
# How exactly it is written down when a session was last used.
TOUCH_SECONDS = 300.0

# Told of everything that is stale: a function that says of a credential whether it is.
Drop = Callable[[Callable[[str], bool]], None]


class Accounts:
    """The directory, the thread ``monserv-accounts`` that keeps it true, and the ways in."""

    def __init__(self, database: Database, drop: Drop, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._drop = drop
        self._clock = clock
        self._settings = settings
        self._passwords = Passwords()
        self._login = Login(self._passwords, clock)
        self.registry = Registry(database, self._passwords, clock)
        self.set_up = SetUp(clock)
        self._signing_key: bytes | None = None
        # Held while the database is read, so that what is older never replaces what is newer.
        self._reading = threading.Lock()
        self._directory: Directory | None = None
        self._version: object = None
        self._problem: str | None = None
        # Session -> when it was last used, and when that was last written down.
        self._used: dict[str, datetime] = {}
        self._touch_at = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Read everything once, and keep looking."""
        if self._thread is None:
            self._touch_at = self._clock.monotonic() + TOUCH_SECONDS
            self.look()
            self._thread = threading.Thread(target=self._run, name="monserv-accounts", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Stop looking. Idempotent, bounded."""
        self._stopping.set()
        self._passwords.stop()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def signing_key(self) -> bytes:
        """The key of the session cookies."""
        if self._signing_key is None:
            self._signing_key = signing_key.load(self._settings.data_dir)
        return self._signing_key

    @property
    def directory(self) -> Directory:
        """Everything, as it was last read; raises ``StorageError`` while it never was.

        What was read once stays true when the database breaks later.
        """
        found = self._directory
        if found is None:
            raise StorageError(self._problem or "The accounts have not been read yet")
        return found

    @property
    def ignorance(self) -> str | None:
        """Why nothing is known yet, in a sentence; ``None`` once everything has been read."""
        if self._directory is not None:
            return None
        return self._problem or "The accounts have not been read yet"

    def grant(self, credential: Secret) -> Grant | None:
        """Return what a token or the secret of a session opens now; raises ``StorageError``."""
        now = self._clock.now()
        found = self.directory.grant(credentials.digest(credential), now)
        if found is None or not self._is_in_use(found, now):
            return None
        if found.kind is Kind.SESSION:
            self._used[found.id] = now
        return found

    def last_used(self, session: Session) -> datetime:
        """Return when a session was last used."""
        return max(session.used_at, self._used.get(session.id, session.used_at))

    def log_in(self, name: str, password: Secret, address: str, agent: str) -> Secret:
        """Return the secret of a new session.

        Raises ``LoginRefused``, ``LoginDelayed`` and ``StorageError``.
        """
        account = self._login.check(self.directory, name, password, address)
        try:
            return self._begin_session(account, address, agent)
        except UnknownAccount:
            # While it was compared, the account was closed or got another password.
            raise LoginRefused(REFUSED) from None

    def confirm(self, account: Account, password: Secret, address: str) -> None:
        """Make sure that it is still the person who logged in; raises as ``log_in``."""
        self._login.check(self.directory, account.name, password, address)

    def make_first(
        self, code: Secret, name: str, password: Secret, address: str, agent: str
    ) -> Secret:
        """Make the first account, an admin, and log it in; raises ``AccountError`` as well."""
        self.set_up.check(code)
        account = self.registry.add_account(name, password, Role.ADMIN, first=True)
        self.set_up.close()
        log.info("%s made the first account from %s", account.name, address)
        return self._begin_session(account, address, agent)

    def refresh(self) -> None:
        """Take in what was written, at once; raises ``StorageError``."""
        with self._reading:
            found = self._database.read(
                READ_SECONDS, lambda connection: rows.read_changes(connection, self._version)
            )
            if found is not None:
                self._version, self._directory = found
            self._problem = None
        directory = self.directory
        if directory.accounts:
            self.set_up.close()
        elif self._settings.needs_login:
            self.set_up.open(f"{greeting.links(self._settings)[0].split()[-1]}setup")
        self._drop_stale(directory)

    def _begin_session(self, account: Account, address: str, agent: str) -> Secret:
        _, cookie = self.registry.add_session(account, address, agent)
        self.refresh()
        log.info("%s logged in from %s", account.name, address)
        return cookie

    def _drop_stale(self, directory: Directory) -> None:
        now = self._clock.now()
        valid = {
            grant.access.credential
            for grant in directory.grants.values()
            if is_valid(grant.access, now) and self._is_in_use(grant, now)
        }
        # Where no login is needed there is no credential that could be revoked.
        valid.add("")
        self._drop(lambda credential: credential not in valid)

    def _is_in_use(self, grant: Grant, now: datetime) -> bool:
        """Whether a session is used often enough to be kept."""
        if grant.kind is not Kind.SESSION:
            return True
        # It may have ended since the grant was found.
        session = self.directory.sessions.get(grant.id)
        return session is not None and now - self.last_used(session) < IDLE_LIFETIME

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:
                # A bug here must not keep revoked credentials alive for ever.
                log.exception("looking after the accounts failed")

    def look(self) -> None:
        """Take in what was written, if the database tells; drop what is over."""
        try:
            self.refresh()
            if self._clock.monotonic() >= self._touch_at:
                self._touch()
        except StorageError as error:
            if self._problem is None:
                log.warning("%s; who was let in before still is", error)
            self._problem = str(error)
            if self._directory is not None:
                self._drop_stale(self._directory)

    def _touch(self) -> None:
        """Write down when sessions were last used, and forget those that are gone."""
        self._touch_at = self._clock.monotonic() + TOUCH_SECONDS
        sessions = self.directory.sessions
        self._used = {key: at for key, at in self._used.copy().items() if key in sessions}
        later = {key: at for key, at in self._used.items() if at > sessions[key].used_at}
        if later:
            self.registry.touch_sessions(later)
