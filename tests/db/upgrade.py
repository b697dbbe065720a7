"""A version of monserv that comes after this one: its tables have one more column."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monserv.db import migrate, version

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("transitions", sa.Column("note", sa.Text))
    op.execute("UPDATE transitions SET note = message")
    op.execute("{sql}")
"""


def next_version(
    setattr_: Callable[[Any, str, Any], None], folder: Path, *, sql: str = "SELECT 1"
) -> None:
    """Let ``migrate`` be that of the next version; ``sql`` is the last thing it does."""
    shutil.copytree(
        migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
    )
    (folder / "versions" / "0002_note.py").write_text(REVISION.format(sql=sql))
    setattr_(migrate, "MIGRATIONS", folder)
    setattr_(version, "CURRENT", "0002")
