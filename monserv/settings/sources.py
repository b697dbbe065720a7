"""Where settings are written: environment, then ``.env``, then ``monserv.toml``.

An empty value counts as none, so that a template may list every name. In
``monserv.toml`` the names are those of the environment, in any case. Values of
``.env`` are taken as they are: a ``$`` in a password is a ``$``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monserv.errors import SettingsError
from monserv.settings import files

DOTENV = ".env"
TOML = "monserv.toml"
OWN_PREFIX = "MONSERV_"
FILE_SUFFIX = "_FILE"
# Needed before the files can be read: their readers lie in that environment.
ENVIRONMENT_ONLY = frozenset({"MONSERV_VENV"})
# What the older Go program read, and monserv has no use for.
LEGACY_PREFIXES = ("KAFKA_", "DB_")
LEGACY_NAMES = ("LOG_THRESHOLDS",)

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written down: ``values`` by name, and names of the older program."""

    values: Mapping[str, Any]
    legacy: tuple[str, ...]


def read(
    environ: Mapping[str, str], directory: Path, known: Iterable[str], secrets: Iterable[str]
) -> Written:
    """Return the settings that are ``known``; those in ``secrets`` also have a ``_FILE`` form.

    Raises ``SettingsError`` for an unknown name that claims to be ours and for what
    cannot be read as text.
    """
    secrets = frozenset(secrets)
    names = frozenset(known) | {name + FILE_SUFFIX for name in secrets}
    in_files = names - ENVIRONMENT_ONLY
    dotenv = files.dotenv(directory, DOTENV)
    toml = _upper(files.toml(directory, TOML), directory / TOML)
    _refuse_unknown("environment", _ours(environ), names)
    _refuse_unknown(DOTENV, _ours(dotenv), in_files)
    _refuse_unknown(TOML, toml, in_files)
    _refuse_bytes(environ, names)
    values: dict[str, Any] = {}
    for layer in (toml, dotenv, environ):
        values.update((name, layer[name]) for name in names if _is_given(layer.get(name)))
    for name in secrets:
        _follow_file(values, name, directory)
    return Written(values, _legacy({**dotenv, **environ}))


def _is_given(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _ours(found: Iterable[str]) -> list[str]:
    return [name for name in found if name.startswith(OWN_PREFIX)]


def _refuse_unknown(where: str, found: Iterable[str], known: frozenset[str]) -> None:
    found = set(found)
    early = sorted(found & ENVIRONMENT_ONLY - known)
    if early:
        raise SettingsError(f"{early[0]} ({where}): this one works in the environment only")
    unknown = sorted({_shown(name) for name in found - known})
    if unknown:
        raise SettingsError(f"{', '.join(unknown)} ({where}): monserv has no such setting")


def _shown(name: str) -> str:
    """Return a name as it may be repeated: what is none may be a password in the wrong place."""
    return name if _NAME.fullmatch(name) else "something that is no name"


def _refuse_bytes(environ: Mapping[str, str], names: Iterable[str]) -> None:
    """Hold the environment to what the files are held to: neither log nor database takes bytes."""
    for name in sorted(names):
        try:
            environ.get(name, "").encode()
        except UnicodeEncodeError:
            raise SettingsError(f"{name} (environment): it is not UTF-8") from None


def _upper(tables: Mapping[str, Any], path: Path) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in tables.items():
        if name.upper() in values:
            raise SettingsError(f"{_shown(name.upper())} stands twice in {path}")
        values[name.upper()] = value
    return values


def _follow_file(values: dict[str, Any], name: str, directory: Path) -> None:
    """Replace ``NAME_FILE`` by ``NAME`` with what that file says."""
    file = values.pop(name + FILE_SUFFIX, None)
    if file is None:
        return
    if name in values:
        raise SettingsError(f"{name} and {name}{FILE_SUFFIX} are both given; keep one")
    if not isinstance(file, str):
        raise SettingsError(f"{name}{FILE_SUFFIX} must be a text")
    text = files.text(directory, file, f"{name}{FILE_SUFFIX}")
    if text is None:
        raise SettingsError(f"{name}{FILE_SUFFIX} cannot be read: there is no such file")
    if _is_given(text):
        values[name] = text.strip("\r\n")


def _legacy(names: Iterable[str]) -> tuple[str, ...]:
    theirs = (one for one in names if one.startswith(LEGACY_PREFIXES) or one in LEGACY_NAMES)
    return tuple(sorted({_shown(name) for name in theirs}))
