"""The Pythons of this machine: those that run monserv, and those that only say so."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

# Set to anything, it makes the tests set up once with each supported Python.
MATRIX = "TEST_EVERY_PYTHON"
OLDEST = (3, 11)
_SHOW = "import sys; print('%d %d' % sys.version_info[:2])"


def every_python() -> list[str]:
    """Return one supported interpreter of each minor version, if all are asked for."""
    if not os.environ.get(MATRIX):
        return []
    return [path for version, path in sorted(_present().items()) if version >= OLDEST]


def old_pythons() -> list[str]:
    """Return the interpreters that are too old."""
    return [path for version, path in sorted(_present().items()) if version < OLDEST]


@cache
def _present() -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for path in _candidates():
        done = subprocess.run([path, "-c", _SHOW], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            major, minor = done.stdout.split()
            found.setdefault((int(major), int(minor)), path)
    return found


def _candidates() -> list[str]:
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")), Path("/opt/python")]
    inside = [str(path) for root in roots for path in root.glob("versions/*/bin/python")]
    names = ["python2", "python2.7", *(f"python3.{minor}" for minor in range(6, 15))]
    return inside + [path for path in map(shutil.which, names) if path]
