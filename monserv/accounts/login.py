"""A name and a password against what is known: throttled, and alike for who is unknown."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

from monserv.accounts.passwords import Passwords
from monserv.accounts.throttle import ACCOUNT, ADDRESS, Throttle
from monserv.clock import Clock
from monserv.errors import LoginDelayed, LoginRefused
from monserv.model.account import Account, name_key
from monserv.model.directory import Directory
from monserv.model.secret import Secret
from monserv.stream.bucket import TokenBucket
from monserv.stream.origin import place

log = logging.getLogger(__name__)

REFUSED = "The name or the password is wrong."
_DELAYED = "Too many log-ins were tried; wait a little."
_LOG_LINES_PER_SECOND = 0.1
_LOG_LINES_AT_ONCE = 10
# Longer names cost memory and name nobody.
_MAX_KEY_LENGTH = 80

# Where it was counted, and under which key.
_Try = tuple[Throttle, str]


class Login:
    """Judges log-ins; makes none."""

    def __init__(self, passwords: Passwords, clock: Clock) -> None:
        self._passwords = passwords
        self._clock = clock
        self._addresses = Throttle(ADDRESS)
        self._accounts = Throttle(ACCOUNT)
        self._lock = threading.Lock()
        self._log_lines = TokenBucket(_LOG_LINES_PER_SECOND, _LOG_LINES_AT_ONCE, clock.monotonic())

    def check(self, directory: Directory, name: str, password: Secret, address: str) -> Account:
        """Return who it is; raises ``LoginRefused``, or ``LoginDelayed`` with nothing compared.

        An unknown name, a wrong password and a disabled account cost the same time and
        get the same answer.
        """
        account = directory.named(name)
        source = place(address)
        key = name_key(name)[:_MAX_KEY_LENGTH]
        tries = self._count(directory, account, source, key)
        try:
            password_hash = None if account is None else account.password_hash
            is_right = self._passwords.matches(password_hash, password)
        except LoginDelayed:
            # Nothing was compared, so nothing was tried.
            _give_back(tries)
            raise
        if account is None or account.is_disabled or not is_right:
            self._log_failure(account, address)
            raise LoginRefused(REFUSED)
        _give_back(tries)
        return account

    def _count(
        self, directory: Directory, account: Account | None, source: str, key: str
    ) -> tuple[_Try, ...]:
        """Return the tries that were counted."""
        now = self._clock.monotonic()
        wait_seconds = self._addresses.take(source, now)
        if wait_seconds:
            raise LoginDelayed(_DELAYED, wait_seconds)
        by_address = (self._addresses, source)
        if account is not None and _is_at_home(directory, account, source):
            return (by_address,)
        wait_seconds = self._accounts.take(key, now)
        if wait_seconds:
            _give_back((by_address,))
            raise LoginDelayed(_DELAYED, wait_seconds)
        return (by_address, (self._accounts, key))

    def _log_failure(self, account: Account | None, address: str) -> None:
        """Say whose log-in failed; what names nobody may be a password in the wrong field."""
        with self._lock:
            is_logged = self._log_lines.take(self._clock.monotonic())
        if is_logged:
            who = "an unknown name" if account is None else account.name
            log.warning("log-in of %s from %s failed", who, address)


def _give_back(tries: Iterable[_Try]) -> None:
    """Take back what was counted, and nothing that was not: that is somebody else's try."""
    for throttle, key in tries:
        throttle.give_back(key)


def _is_at_home(directory: Directory, account: Account, source: str) -> bool:
    """Whether the account is logged in from there: it is no stranger who tries."""
    return any(
        session.account_id == account.id and place(session.address) == source
        for session in directory.sessions.values()
    )
