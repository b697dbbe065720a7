"""Reads files that people hand over, one at a time and beside everything else."""

from __future__ import annotations

import re

from monserv.imports import ansible, ssh_config
from monserv.imports.unreadable import UnreadableError
from monserv.model.candidate import MAX_FILE_CHARACTERS, FileKind, Reading
from monserv.offload import CallRefused, CallTimeout, real_threads

READ_SECONDS = 10.0
_SSH_CONFIG = re.compile(r"^[ \t]*(?:host|match)(?:[ \t]+|[ \t]*=)\S", re.IGNORECASE | re.MULTILINE)
_SECTION_OR_TREE = re.compile(r"^\[|^[^\s#][^\n]*:[ \t]*$|\A\s*\{", re.MULTILINE)


class Importer:
    """The thread ``monserv-import``: what takes long to read keeps nobody waiting."""

    def __init__(self) -> None:
        self._thread = real_threads("monserv-import", 1)

    def read(self, text: str, kind: FileKind | None = None) -> Reading:
        """Return the servers that a file names; ``None`` finds out what kind of file it is.

        Raises ``UnreadableError``.
        """
        if len(text) > MAX_FILE_CHARACTERS:
            raise UnreadableError(f"It is longer than {MAX_FILE_CHARACTERS // 1024} KiB.")
        if "\0" in text:
            raise UnreadableError("It is no text.")
        try:
            return self._thread.call(READ_SECONDS, lambda: _read(text, kind))
        except (CallTimeout, CallRefused):
            raise UnreadableError("It was not read in time; try again.") from None

    def stop(self) -> None:
        """Read nothing more."""
        self._thread.stop()


def _read(text: str, kind: FileKind | None) -> Reading:
    kind = kind or _kind(text)
    return ssh_config.read(text) if kind is FileKind.SSH_CONFIG else ansible.read(text)


def _kind(text: str) -> FileKind:
    if _SSH_CONFIG.search(text) and not _SECTION_OR_TREE.search(text):
        return FileKind.SSH_CONFIG
    return FileKind.ANSIBLE
