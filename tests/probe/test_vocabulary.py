from __future__ import annotations

import pytest

from monserv.probe.vocabulary import WORDS, is_known


def test_what_is_kept_says_the_name_of_nobody() -> None:
    people = (
        "ada alan alice alma anna art bill bob carl carol dave dean drew emma eve frank gene"
        " grant iris jack jade jan john june kim lee lily mark mary max maria paul peter ray"
        " rich rob rocky rose ruby salma sam tim tom victor will smith jones khan baker cook"
    )
    assert sorted(WORDS & set(people.split())) == []


@pytest.mark.parametrize(
    "word", ["sshd", "disk3", "sda12", "nvme0n1p2", "enp3s0f0", "c0d0p1", "x", "md127"]
)
def test_what_the_kernel_and_systems_name_is_known(word: str) -> None:
    assert is_known(word)


@pytest.mark.parametrize("word", ["nas1234", "wcc4e1234567", "ada", "я", "2024", "enx001122334455"])
def test_nothing_else_is(word: str) -> None:
    assert not is_known(word)
