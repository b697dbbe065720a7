"""Where settings are written: environment, then ``.env``, then ``monserv.toml``.

An empty value counts as none, so that a template may list every name. In
``monserv.toml`` the names are those of the environment, in any case. Values of
``.env`` are taken as they are: a ``$`` in a password is a ``$``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream

from monserv.errors import SettingsError

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
_POSITION = re.compile(r"\(at [a-z0-9, ]+\)$")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written down: ``values`` by name, and names of the older program."""

    values: Mapping[str, Any]
    legacy: tuple[str, ...]


def read(
    environ: Mapping[str, str], directory: Path, known: Iterable[str], secrets: Iterable[str]
) -> Written:
    """Return the settings that are ``known``; those in ``secrets`` also have a ``_FILE`` form.

    Raises ``SettingsError`` for an unknown name that claims to be ours and for a
    file that cannot be read.
    """
    secrets = frozenset(secrets)
    names = frozenset(known) | {name + FILE_SUFFIX for name in secrets}
    in_files = names - ENVIRONMENT_ONLY
    dotenv, toml = _dotenv(directory / DOTENV), _toml(directory / TOML)
    _refuse_unknown("environment", _ours(environ), names)
    _refuse_unknown(DOTENV, _ours(dotenv), in_files)
    _refuse_unknown(TOML, toml, in_files)
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


def _dotenv(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {_cause(error)}") from None
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            raise SettingsError(f"{path}, line {binding.original.line}: this is not NAME=value")
    return {
        binding.key: binding.value
        for binding in bindings
        if binding.key is not None and binding.value is not None
    }


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            tables = tomllib.load(stream)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {_cause(error)}") from None
    except (ValueError, RecursionError) as error:
        # The rest of its text may repeat what is written there.
        found = _POSITION.search(str(error))
        raise SettingsError(f"{path} is not TOML{f' {found[0]}' if found else ''}") from None
    names = [name.upper() for name in tables]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{_shown(name)} stands twice in {path}")
    return dict(zip(names, tables.values(), strict=True))


def _follow_file(values: dict[str, Any], name: str, directory: Path) -> None:
    """Replace ``NAME_FILE`` by ``NAME`` with what that file says."""
    file = values.pop(name + FILE_SUFFIX, None)
    if file is None:
        return
    if name in values:
        raise SettingsError(f"{name} and {name}{FILE_SUFFIX} are both given; keep one")
    try:
        text = (directory / Path(str(file)).expanduser()).read_text(encoding="utf-8")
    except (OSError, ValueError, RuntimeError) as error:
        raise SettingsError(
            f"{name}{FILE_SUFFIX}: {file} cannot be read: {_cause(error)}"
        ) from None
    if _is_given(text):
        values[name] = text.strip("\r\n")


def _cause(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _legacy(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        sorted(name for name in names if name.startswith(LEGACY_PREFIXES) or name in LEGACY_NAMES)
    )
