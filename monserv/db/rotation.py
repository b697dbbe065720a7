"""A new key for all stored passwords, beside a running server, safe against being killed.

The new key is in the file before any token needs it, all tokens change in one
transaction, and the old keys go when no token needs them any more. At every instant
between, each token is opened by a key of the file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import Connection, select, update

from monserv.db.engine import Database
from monserv.db.tables.servers import servers
from monserv.db.vault import Vault, purpose
from monserv.errors import KeyFileError, StorageError

WRITE_SECONDS = 30.0
# A running server writes now and then, and never for long.
ATTEMPTS = 20
PAUSE_SECONDS = 0.25

Work = Callable[[Connection], int]


def rotate(database: Database, vault: Vault) -> int:
    """Seal every stored password with a new key; return how many there are.

    With none nothing is done. Raises ``StorageError``; every password is then stored
    as before, and ``KeyFileError`` for those that no key opens.
    """
    with vault.alone():
        if _tried(database, lambda connection: _require_open(connection, vault)) == 0:
            return 0
        vault.add_key()
        count = _tried(database, lambda connection: _reseal(connection, vault))
        vault.drop_old_keys()
    return count


def _require_open(connection: Connection, vault: Vault) -> int:
    found = connection.execute(_SEALED).all()
    closed = []
    for row in found:
        try:
            vault.unseal(row.password_token, purpose(row.known_as, row.way))
        except KeyFileError as error:
            closed.append(f"{row.name}: {error}")
    if closed:
        raise KeyFileError(
            f"some passwords cannot be decrypted, so nothing was changed ({'; '.join(closed)})"
        )
    return len(found)


def _reseal(connection: Connection, vault: Vault) -> int:
    found = connection.execute(_SEALED).all()
    for row in found:
        token = vault.reseal(row.password_token)
        connection.execute(
            update(servers).where(servers.c.id == row.id).values(password_token=token)
        )
    return len(found)


_SEALED = select(
    servers.c.id, servers.c.name, servers.c.known_as, servers.c.way, servers.c.password_token
).where(servers.c.password_token.is_not(None))


def _tried(database: Database, work: Work) -> int:
    for left in reversed(range(ATTEMPTS)):
        try:
            return database.write(WRITE_SECONDS, work)
        except KeyFileError:
            raise
        except StorageError:
            if not left:
                raise
            threading.Event().wait(PAUSE_SECONDS)
    raise AssertionError("the last attempt returns or raises")
