"""Where monserv keeps what it makes: beside its code, or in the user's data directory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from monserv.errors import StartRefused
from monserv.setup import product

XDG_FALLBACK = ".local/share"
OWN_NAME = "monserv"


def place(checkout: Path, name: str, chosen: str | None, environ: Mapping[str, str]) -> Path:
    """Return the absolute directory for ``name`` (``.venv``, ``instance``); makes nothing.

    It is ``chosen`` if anything is, else in the checkout, else (when there is none
    or it cannot be written) in the user's data directory, as XDG defines it. Raises
    ``StartRefused`` when the user has none.
    """
    if chosen and chosen.strip():
        return Path(os.path.abspath(checkout / _expand(chosen.strip(), environ)))  # noqa: PTH100 -- resolve() would follow links
    beside = checkout / name
    written = beside if beside.exists() else checkout
    if not product.IS_INSTALLED and os.access(written, os.W_OK | os.X_OK):
        return beside
    return user_data(environ) / OWN_NAME / name.lstrip(".")


def user_data(environ: Mapping[str, str]) -> Path:
    """Return the user's data directory; raises ``StartRefused`` when there is none."""
    xdg = environ.get("XDG_DATA_HOME", "")
    if Path(xdg).is_absolute():  # the specification ignores relative ones
        return Path(xdg)
    return _expand("~", environ) / XDG_FALLBACK


def _expand(text: str, environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME", "")
    if text.startswith("~/") and home:
        return Path(home) / text[2:]
    if text == "~" and home:
        return Path(home)
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise StartRefused(
            "This user has no home directory; let MONSERV_DATA_DIR and MONSERV_VENV "
            "name directories that can be written"
        ) from None
