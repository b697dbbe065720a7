"""Packs what stands around the package: it becomes ``monserv/_bundled``.

Everything else about the package is in ``pyproject.toml``. What a build makes on
its way lies in a directory that goes with it, so the checkout stays as it was and
no file of an earlier build gets into a later one.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from setuptools import Command, setup
from setuptools.command.build import build

FILES = ("config.py", "wsgi.py", "gunicorn.conf.py", "requirements.txt")
FOLDERS = ("locales", "migrations", "static", "templates")
TARGET = Path("monserv", "_bundled")


def bundled() -> list[str]:
    """Return the files, relative to the checkout."""
    inside = (file for folder in FOLDERS for file in sorted(Path(folder).rglob("*")))
    files = [file for file in inside if file.is_file() and file.suffix != ".pyc"]
    return [*FILES, *map(str, files)]


class Bundle(Command):
    """A step of the build, as setuptools describes them in its ``SubCommand``."""

    description = "copy what stands around the package into it"
    user_options = ()

    def initialize_options(self) -> None:
        """Take the defaults; an editable installation goes on using the checkout."""
        self.build_lib = ""
        self.editable_mode = False

    def finalize_options(self) -> None:
        """Build where the package is built."""
        self.build_lib = self.get_finalized_command("build").build_lib

    def run(self) -> None:
        """Copy the files."""
        for target, source in self.get_output_mapping().items():
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def get_source_files(self) -> list[str]:
        """Return what a source distribution has to hold as well."""
        return bundled()

    def get_outputs(self) -> list[str]:
        """Return what is copied."""
        return list(self.get_output_mapping())

    def get_output_mapping(self) -> dict[str, str]:
        """Return the copies and what each is a copy of."""
        if self.editable_mode:
            return {}
        return {str(Path(self.build_lib, TARGET, file)): file for file in bundled()}


class Build(build):
    """The build with that step in it."""

    sub_commands = (*build.sub_commands, ("bundle", None))


with tempfile.TemporaryDirectory(prefix="monserv-build-") as scratch:
    setup(
        cmdclass={"build": Build, "bundle": Bundle},
        options={"build": {"build_base": scratch}, "egg_info": {"egg_base": scratch}},
    )
