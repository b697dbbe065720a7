"""A version of monserv that comes after this one: its tables have one more column."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monserv.db import revisions, version

NOW = version.CURRENT
NEXT = "9999"
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{now}"


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
        revisions.MIGRATIONS,
        folder,
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )
    (folder / "versions" / f"{NEXT}_note.py").write_text(
        REVISION.format(sql=sql, now=NOW, next=NEXT)
    )
    setattr_(revisions, "MIGRATIONS", folder)
    setattr_(version, "CURRENT", NEXT)
