"""Where the product's own files lie: around the package, or inside it once installed.

``pip install`` puts what stands around the package (``config.py``, ``wsgi.py``,
``static/`` ...) into ``monserv/_bundled``, so that nothing with a common name gets
into the place that all packages share.
"""

from __future__ import annotations

import sys
from pathlib import Path

from monserv.errors import StartRefused

_PACKAGE = Path(__file__).resolve().parents[1]
_BUNDLED = _PACKAGE / "_bundled"

IS_INSTALLED = _BUNDLED.is_dir()
ROOT = _BUNDLED if IS_INSTALLED else _PACKAGE.parent


def settings_directory() -> Path:
    """Return where ``.env`` and ``monserv.toml`` lie, and from where relative paths count.

    That is the checkout; installed, it is the current directory. Raises
    ``StartRefused`` when that one is gone.
    """
    if not IS_INSTALLED:
        return ROOT
    try:
        return Path.cwd()
    except OSError:
        raise StartRefused("The current directory is gone; change to another one") from None


def let_import() -> None:
    """Let ``config`` be imported, and from nowhere but ``ROOT``."""
    if sys.path[0] != str(ROOT):
        sys.path.insert(0, str(ROOT))
