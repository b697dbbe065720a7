"""The system's name, as os-release quotes it."""

from __future__ import annotations

import pytest

from monserv.model.services import OperatingSystem
from monserv.probe.system import system

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\n'


def test_name_kernel_and_architecture() -> None:
    assert system(DEBIAN, "6.12.48+deb13-amd64\nx86_64\n") == OperatingSystem(
        "Debian GNU/Linux 13 (trixie)", "6.12.48+deb13-amd64", "x86_64"
    )


@pytest.mark.parametrize(
    ("os_release", "name"),
    [
        ('NAME="Alpine Linux"\nVERSION_ID=3.22.1\n', "Alpine Linux"),
        ("NAME=Fedora\nVERSION='7 (Moonshine)'\n", "Fedora 7 (Moonshine)"),
        ("PRETTY_NAME='It''s'\n", "It''s"),
        ('PRETTY_NAME="a \\"b\\" \\$c \\\\ \\n"\n', 'a "b" $c \\ \\n'),
        ('# PRETTY_NAME="no"\nPRETTY_NAME="open\n', "open"),
        ('PRETTY_NAME="\x1b[2J"\n', "\\x1b[2J"),
        ("PRETTY_NAME=" + "x" * 70000 + "\n", "x" * 255 + "…"),
        ("=x\nlower=x\n", ""),
    ],
)
def test_quoting(os_release: str, name: str) -> None:
    found = system(os_release, "6.1\n")
    assert found == OperatingSystem(name, "6.1", "")


def test_nothing_known_is_none() -> None:
    assert system("", "\n") is None
