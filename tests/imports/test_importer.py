"""A file is known by how it looks, and read beside everything else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from monserv.imports.importer import READ_SECONDS, Importer
from monserv.imports.unreadable import UnreadableError
from monserv.model.candidate import MAX_FILE_CHARACTERS, FileKind


@pytest.fixture
def importer() -> Iterator[Importer]:
    importer = Importer()
    yield importer
    importer.stop()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# mine\nHost nas\n  User joe\n", FileKind.SSH_CONFIG),
        ("host=nas\n", FileKind.SSH_CONFIG),
        ("User joe\n\nMatch host nas\n", FileKind.SSH_CONFIG),
        ("[web]\nnas ansible_user=joe\n", FileKind.ANSIBLE),
        ("all:\n  hosts:\n    nas:\n", FileKind.ANSIBLE),
        ("---\n# mine\nall:\n  hosts:\n    nas:\n", FileKind.ANSIBLE),
        ('{"all": {"hosts": ["nas"]}}', FileKind.ANSIBLE),
        ("nas\n10.0.0.3\n", FileKind.ANSIBLE),
    ],
)
def test_what_kind_a_file_is_shows(importer: Importer, text: str, kind: FileKind) -> None:
    assert importer.read(text).kind is kind


def test_who_says_what_it_is_is_believed(importer: Importer) -> None:
    names = [one.name for one in importer.read("Host nas\n", FileKind.ANSIBLE).candidates]
    assert names == ["Host"]


@pytest.mark.parametrize("text", ["x" * (MAX_FILE_CHARACTERS + 1), "Host a\0b"])
def test_what_is_no_such_file_is_refused(importer: Importer, text: str) -> None:
    with pytest.raises(UnreadableError):
        importer.read(text)


def test_after_the_end_nothing_is_read(importer: Importer) -> None:
    importer.stop()
    with pytest.raises(UnreadableError, match="not read in time"):
        importer.read("Host nas\n")


@pytest.mark.timed
@pytest.mark.parametrize(
    "text",
    [
        "".join(f"Host h{i}\n ProxyJump h{i + 1}\n" for i in range(900)),
        "Host *\n" + "User %h\n" * 1900 + "".join(f"Host h{i}\n" for i in range(1000)),
        "[a]\n" + "".join(f"h{i} x='y'\n" for i in range(1000)) + "[b:children]\n" + "a\n" * 50_000,
        "a: '" + "[" * (MAX_FILE_CHARACTERS - 10) + "'",
        "- " * (MAX_FILE_CHARACTERS // 2),
        "? " * (MAX_FILE_CHARACTERS // 2),
        ":" * MAX_FILE_CHARACTERS,
    ],
)
def test_the_worst_file_takes_a_bounded_time(importer: Importer, text: str) -> None:
    began_at = time.monotonic()
    with contextlib.suppress(UnreadableError):
        importer.read(text[:MAX_FILE_CHARACTERS])
    assert time.monotonic() - began_at < READ_SECONDS
