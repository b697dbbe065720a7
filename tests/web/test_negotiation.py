"""What clients take and have, however they write it."""

from __future__ import annotations

import time

import pytest

from monserv.web.negotiation import has_already, takes_gzip


@pytest.mark.parametrize(
    ("header", "is_taken"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("deflate , gzip ; q=0.5", True),
        ("gzip;q=1", True),
        ("gzip;q=1.000", True),
        ("gzip;q=0.001", True),
        ("gzip;Q=0.5", True),
        ("*", True),
        ("*;q=0.5", True),
        ("deflate, *", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("identity;q=0, gzip;q=0.1", True),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0.5, gzip", True),
        ("identity;q=0.5, *;q=0.2", False),
        ("deflate, br", False),
        ("gzipped", False),
        ("not-gzip", False),
    ],
)
def test_gzip_is_for_those_who_want_it(header: str, is_taken: bool) -> None:
    assert takes_gzip(header) == is_taken


@pytest.mark.parametrize(
    "header",
    [
        "gzip;q=2",
        "gzip;q=-1",
        "gzip;q=1.0001",
        "gzip;q=0.1234",
        "gzip;q=nan",
        "gzip;q=inf",
        "gzip;q=1e0",
        "gzip;q=",
        "gzip;q",
        "gzip;;q=1",
        "gzip;q=1;q=1",
        "gzip;level=9",
        "gzip;q=\u0661",
        ",,,;;;=gzip",
        "\x00gzip",
    ],
)
def test_what_cannot_be_read_is_not_said(header: str) -> None:
    assert not takes_gzip(header)


@pytest.mark.timed
def test_endless_lists_take_no_time() -> None:
    lists = ["gzip," * 1600, "gzip;q=" + "0" * 8000, "*," * 4000, "gzip;" + " " * 8000 + "q=1"]
    began_at = time.perf_counter()
    taken = [takes_gzip(f"{each} {number}") for number in range(250) for each in lists]
    assert time.perf_counter() - began_at < 1.0
    assert set(taken) == {False}


@pytest.mark.parametrize(
    "header",
    ['"e1-7"', 'W/"e1-7"', '"x", "e1-7"', 'W/"x",W/"e1-7" , "y"', "*", '"a"' * 100 + ', "e1-7"'],
)
def test_who_names_the_tag_has_it(header: str) -> None:
    assert has_already(header, '"e1-7"')


@pytest.mark.parametrize(
    "header", ["", '"e1-70"', '"e1-7-gzip"', "W/", '"', ",,,", '"e1-7', '"E1-7"', "\x00", "**"]
)
def test_who_names_another_one_has_not(header: str) -> None:
    assert not has_already(header, '"e1-7"')


@pytest.mark.timed
def test_endless_tags_take_little_time() -> None:
    lists = ['"x",' * 2000, '"' * 8000, 'W/"' * 2700, "W/" * 4000, " ," * 4000, '"' + "x" * 8000]
    began_at = time.perf_counter()
    found = [has_already(each, '"e1-7"') for each in lists for _ in range(5)]
    assert time.perf_counter() - began_at < 3.0
    assert set(found) == {False}
