from __future__ import annotations

from random import Random

import pytest

from monserv.probe import df, mounts
from monserv.probe.anonymous_mounts import Places, mountinfo
from monserv.probe.pseudonyms import Pseudonyms


def told(rows: str, text: str) -> tuple[str, str]:
    names = Pseudonyms([rows, text], Random(2))
    lines = "\n".join(mountinfo(row, names) for row in rows.split("\n"))
    return lines, Places.of(rows).df(text, names)


def test_the_form_of_a_row_its_numbers_and_its_options_stay() -> None:
    row = (
        "36 35 98:0 /ada /media/zelda\\040one rw,noatime master:1"
        " - ext3 /dev/sdb1 rw,size=12345678k"
    )
    shown, _ = told(row, "")
    *_, root, path, options, tag, _, fstype, source, more = shown.split(" ")
    assert (options, tag, fstype, source) == ("rw,noatime", "master:1", "ext3", "/dev/sdb1")
    assert more == "rw,size=12345678k"
    assert (len(root), len(path)) == (len("/ada"), len("/media/zelda\\040one"))
    assert "\\040" in path
    assert not {"ada", "zelda", "one"} & set(shown.replace("/", " ").replace("\\040", " ").split())


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/zelda\\040two", "/zelda two"),
        ("/caf\u00e9", "/caf??"),
        ("/caf\u00e9", "/caf?"),
        ("/caf\u00e9", "/caf\u00e9"),
        ("/tab\\011zelda", "/tab?zelda"),
        ("/zelda\\012/dev/x 9 9 9 9% /", "/zelda"),
        ("/back\\134x2dslash", "/back\\x2dslash"),
        ("/raw\udce9zelda", "/raw?zelda"),
        ("/raw\udce9zelda", "/raw\udce9zelda"),
    ],
)
def test_a_row_of_df_still_names_its_mount_however_it_is_disguised(path: str, shown: str) -> None:
    rows = f"1 0 8:1 / {path.replace(' ', chr(92) + '040')} rw - ext4 /dev/sda1 rw"
    for lines, text in (
        (rows, f"- 10 4 6 40% {shown}"),
        told(rows, f"- 10 4 6 40% {shown}"),
    ):
        asked = mounts.mounts(lines)
        assert [row.mount for row in df.rows(text, asked) or ()] == list(asked)
    assert lines != rows


def test_a_type_that_a_person_named_is_replaced_and_what_it_means_is_not() -> None:
    shown, _ = told(
        "1 0 0:1 / /zelda rw - fuse.zeldafs zeldafs rw\n2 0 0:2 / /x rw - nfs4 h1:/ rw", ""
    )
    assert "zelda" not in shown
    assert [one.is_remote for one in mounts.mounts(shown)] == [False, True]


def test_a_row_of_another_form_has_its_words_replaced() -> None:
    shown, text = told("zelda is no row", "df: zelda: Permission denied")
    assert "zelda" not in shown + text
    assert text.endswith(": Permission denied")
