"""The files in which settings are written, taken apart but not judged.

An error names the file, and the line where it can. It never repeats what is
written there, since any part of it may be a password in the wrong place.
"""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path
from typing import Any

from dotenv.parser import Original, parse_stream

from monserv.errors import SettingsError

# Wider than our own names: other programs may read the same file.
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_POSITION = re.compile(r" \(at [a-z0-9, ]+\)\Z")


def text(directory: Path, file: str, called: str) -> str | None:
    """Return what ``file`` says, relative to ``directory``; ``None`` when it is not there.

    Raises ``SettingsError``, in which the file is ``called`` so.
    """
    try:
        return (directory / Path(file).expanduser()).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (RuntimeError, ValueError):  # the home of an unknown user, or a NUL
        reason = "no file can have that name"
    raise SettingsError(f"{called} cannot be read: {reason}")


def dotenv(directory: Path, file: str) -> dict[str, str]:
    """Return the names and values of a ``.env``; nothing when it is not there."""
    path = directory / file
    written: dict[str, str] = {}
    said = text(directory, file, str(path))
    for binding in parse_stream(io.StringIO(said, newline=None)):
        if binding.key is not None and binding.value is not None and _NAME.fullmatch(binding.key):
            written[binding.key] = binding.value
        elif binding.error or binding.key is not None:
            raise SettingsError(f"{path}, line {_line(binding.original)}: this is not NAME=value")
    return written


def toml(directory: Path, file: str) -> dict[str, Any]:
    """Return the names and values of a TOML file; nothing when it is not there."""
    path = directory / file
    said = text(directory, file, str(path)) or ""
    try:
        return tomllib.loads(said)
    except tomllib.TOMLDecodeError as error:
        # The rest of its text may be a key.
        position = _POSITION.search(str(error))
        raise SettingsError(f"{path} is not TOML{position[0] if position else ''}") from None
    except ValueError:
        raise SettingsError(f"{path} has a number with too many digits") from None
    except RecursionError:
        raise SettingsError(f"{path} is nested too deeply") from None


def _line(original: Original) -> int:
    """Return the line on which a binding begins; blank lines before it count as its own."""
    begins = len(original.string) - len(original.string.lstrip())
    return original.line + original.string.count("\n", 0, begins)
