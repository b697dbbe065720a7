"""Whether anybody could come in, asked before the server listens to others.

``python -m monserv.accounts.census`` reads the URL of the database from its standard
input and exits with 0 when there is an account or a token, with 4 when there is
none, and with 2 and one line when the database does not tell. It is a process of its
own, so that gunicorn's master stays free of what its worker must patch.
"""

from __future__ import annotations

import sys

from monserv.db import accounts
from monserv.db.engine import Database
from monserv.errors import StorageError

UNKNOWN = 2
NOBODY = 4
READ_SECONDS = 10.0


def main() -> int:
    """Return the exit code."""
    try:
        database = Database(sys.stdin.readline().strip())
        try:
            people, tokens = database.read(READ_SECONDS, accounts.count)
        finally:
            database.close()
    except StorageError as error:
        sys.stderr.write(f"{error}\n")
        return UNKNOWN
    return 0 if people or tokens else NOBODY


if __name__ == "__main__":
    sys.exit(main())
