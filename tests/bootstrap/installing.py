"""monserv packed and installed, as pip does it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

from tests.bootstrap.starting import CHECKOUT, NOT_IN_A_CLONE

# Where the packages lie that monserv needs: installing them again would take a minute.
NEEDED = sysconfig.get_path("purelib")


class Workshop:
    """A clean copy of the checkout, and the tools that it asks for to be built."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self._tools = folder / "tools"
        self._folder = folder
        shutil.copytree(CHECKOUT, self.source, ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE))
        self.clean = files(self.source)
        project = tomllib.loads((self.source / "pyproject.toml").read_text())
        pip("install", "--target", str(self._tools), *project["build-system"]["requires"])

    def wheel(self, source: Path) -> Path:
        return self._build(source, "wheel")

    def unpacked_source_distribution(self) -> Path:
        with tarfile.open(self._build(self.source, "sdist")) as packed:
            packed.extractall(self._folder / "unpacked", filter="data")
        (unpacked,) = (self._folder / "unpacked").iterdir()
        return unpacked

    def installed(self) -> Path:
        """Type ``pip install .`` for a new virtual environment; return the environment."""
        target = self._folder / "venv"
        command = [sys.executable, "-m", "venv", "--without-pip", str(target)]
        subprocess.run(command, check=True)
        python = str(target / "bin" / "python")
        options = ("--no-deps", "--no-build-isolation", "--compile")
        self._with_tools(
            [sys.executable, "-m", "pip", "--python", python, "install", *options, "."],
            self.source,
        )
        return target

    def _build(self, source: Path, kind: str) -> Path:
        made = self._folder / f"{kind} of {source.name}"
        made.mkdir()
        code = f"from setuptools import build_meta; build_meta.build_{kind}({str(made)!r})"
        self._with_tools([sys.executable, "-c", code], source)
        (file,) = made.iterdir()
        return file

    def _with_tools(self, command: list[str], source: Path) -> None:
        environ = os.environ | {"PYTHONPATH": str(self._tools)}
        environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        done = subprocess.run(
            command, cwd=source, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", *words, "-q", "--disable-pip-version-check"]
    subprocess.run(command, check=True, capture_output=True)


def contents(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel, but for those that describe it."""
    with zipfile.ZipFile(wheel) as packed:
        names = [name for name in packed.namelist() if ".dist-info/" not in name]
        return {name: packed.read(name) for name in names}


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, but for compiled ones."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
