"""One answer, cut at its markers."""

from __future__ import annotations

import pytest

from monserv.probe.sections import SECTION_LIMIT, cut, end_line


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"M a\n1\nM b\n2\nM end\n", {"a": "1\n", "b": "2\n", "end": ""}),
        (b"Welcome!\nM a\n1\nM end\n", {"a": "1\n", "end": ""}),
        # A file without a final newline.
        (b"M a\n1M b\nM end\n", {"a": "1", "b": "", "end": ""}),
        (b"M a\n\xff\xfe\nM end\n", {"a": "\udcff\udcfe\n", "end": ""}),
        (b"M1 a\n1\nM end\n", {"end": ""}),
        (b"M ", {"": ""}),
        (b"", {}),
    ],
)
def test_sections_are_what_stands_between_markers(answer: bytes, expected: dict[str, str]) -> None:
    assert expected == cut(answer, "M")


def test_a_section_of_megabytes_is_cut_but_that_of_the_processes() -> None:
    long = b"x" * (SECTION_LIMIT + 5)
    found = cut(b"M mounts\n" + long + b"M processes\n" + long + b"M end\n", "M")
    assert len(found["mounts"]) == SECTION_LIMIT
    assert len(found["processes"]) == SECTION_LIMIT + 5


def test_the_last_line_is_the_marker_s_own() -> None:
    assert end_line("M") == b"M end\n"
