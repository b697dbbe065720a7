from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.probe.pseudonyms import Kind, Pseudonyms
from monserv.probe.vocabulary import is_known


def scrubbed(text: str, *, with_numbers: bool = False) -> str:
    names = Pseudonyms([text], Random(7))
    return names.scrub(text, Kind.PATH, with_numbers=with_numbers)


@pytest.mark.parametrize(
    "text",
    [
        "/dev/nvme0n1p2 /dev/sda1 /dev/mapper/vg0-root /var/lib/docker/overlay2",
        "systemd-journald kworker/0:1 sshd-session enp3s0f0 br-0 eth0.100 tap100i0",
        "127.0.0.1 ::1 0.0.0.0 11:42:05 2026",
    ],
)
def test_words_of_systems_stay(text: str) -> None:
    assert scrubbed(text) == text


def test_one_name_has_one_pseudonym_wherever_and_however_it_stands() -> None:
    ada, upper, title, disk, path = scrubbed("ada ADA Ada ada2 /home/ada").split()
    assert ada != "ada"
    assert (upper, title, disk) == (ada.upper(), ada.title(), f"{ada}2")
    assert path == f"/home/{ada}"


def test_addresses_become_those_of_nobody() -> None:
    four, aws, six, local = scrubbed(
        "93.184.21.34 ip-93-184-21-34 2606:2800::1946 fe80::af"
    ).split()
    assert ip_address(four).is_private or ip_address(four).is_reserved
    assert aws.endswith(four.replace(".", "-"))
    assert ip_address(six) in ip_network("fc00::/7")
    assert local.startswith("fe80::")
    assert local != "fe80::af"


def test_a_cut_address_gives_away_nothing() -> None:
    shown = scrubbed("192.168.17 2001:db8:85a3:8d3:13", with_numbers=True)
    assert not {"192", "168", "17", "2001", "db8", "85a3", "8d3"} & set(
        shown.replace(":", " ").replace(".", " ").split()
    )


def test_an_address_within_another_gives_away_nothing() -> None:
    shown = scrubbed("::ffff:85.11.12.13 nas.85.11.12.13 mnt-85-11-12-13.mount")
    assert not {"85", "11", "12", "13"} & set(re.findall(r"[0-9a-f]+", shown))


def test_identifiers_keep_their_form() -> None:
    text = "1B4E-28BA 0b0d1f0e-5d6a-4a3c-9a54-3f8b4a6f6a11 52:54:00:12:34:56 veth12ab34c"
    shown = scrubbed(text)
    assert [len(one) for one in shown.split()] == [len(one) for one in text.split()]
    assert not set(shown.split()) & set(text.split())
    assert all(char in "0123456789abcdefABCDEF-: vth" for char in shown)


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cc"]), max_size=60))
def test_shape_and_bytes_stay(text: str) -> None:
    shown = scrubbed(text)
    if "\\x" not in text:
        assert len(shown) >= len(text)
        assert [c for c in shown if c in " \t\n\\()/"] == [c for c in text if c in " \t\n\\()/"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("abcdefgh", min_size=2, max_size=3), max_size=300, unique=True))
def test_no_two_names_share_a_pseudonym(words: list[str]) -> None:
    shown = scrubbed(" ".join(words)).split()
    assert len(set(shown)) == len(words)
    kept = {word for word in words if is_known(word)}
    assert not (set(shown) & set(words)) - kept


def test_raw_bytes_stay_raw_bytes() -> None:
    shown = scrubbed("J\udcfcrgen ma\u00f1ana \u0438\u043c\u044f")
    assert shown.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") == shown
    assert len(shown.encode("utf-8", "surrogateescape")) == len(
        "J\udcfcrgen ma\u00f1ana \u0438\u043c\u044f".encode("utf-8", "surrogateescape")
    )
    assert not set(shown) & set("\udcfc\u0438\u043c\u044f")
