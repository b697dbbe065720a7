from __future__ import annotations

from pathlib import Path

import pytest

from monserv.errors import SettingsError
from monserv.settings import files

CANARY = "k4n4r1e"


def refusal(folder: Path, form: str, content: str) -> str:
    (folder / "file").write_text(content)
    with pytest.raises(SettingsError) as refused:
        getattr(files, form)(folder, "file")
    assert CANARY not in str(refused.value)
    return str(refused.value)


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert files.text(tmp_path, "file", "F") is None
    assert (files.dotenv(tmp_path, "file"), files.toml(tmp_path, "file")) == ({}, {})


def test_the_mark_that_windows_puts_before_a_text_is_not_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("\ufeffA = '1'\r\n", newline="")
    assert files.dotenv(tmp_path, "file") == {"A": "1"}
    assert files.toml(tmp_path, "file") == {"A": "1"}
    assert files.text(tmp_path, "file", "F") == "A = '1'\r\n"


def test_dotenv_knows_comments_blank_lines_export_and_values_of_several_lines(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text(
        "# a comment\n\n  # another\nexport A=1 # of one\nB='x\n\n# y'\nC=\nD = \nE.f-g=a=b\n"
    )
    assert files.dotenv(tmp_path, "file") == {
        "A": "1",
        "B": "x\n\n# y",
        "C": "",
        "D": "",
        "E.f-g": "a=b",
    }


@pytest.mark.parametrize(
    "line",
    [
        f"ssh://u:{CANARY}@h",
        f"ssh://u:{CANARY}@h?name=nas",
        f"export ssh://u:{CANARY}@h",
        f"'{CANARY} x'=1",
        f"A='{CANARY}",
        f"={CANARY}",
        "SERVERS",
        # Of use to a shell alone; whoever writes it here expects something of it.
        "export SERVERS",
        "export",
    ],
)
def test_a_line_that_is_not_name_and_value_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    said = refusal(tmp_path, "dotenv", f"A='x\ny'\n\n\n  {line}\nB=1\n")
    assert said == f"{tmp_path}/file, line 5: this is not NAME=value"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"a = [\n  1 {CANARY}\n]", "is not TOML (at line 2, column 5)"),
        (f"a = '{CANARY}", "is not TOML (at end of document)"),
        (f"[{CANARY}]\n[{CANARY}]", "is not TOML (at line 2, column 9)"),
        (f"a = {{'{CANARY}'=1}}\n[a.'{CANARY}']", "is not TOML (at line 2, column 13)"),
        (f"[a.'{CANARY}']\n[a]\n'{CANARY}'.c=1", "is not TOML (at end of document)"),
        (f"a = {'9' * 5000}", "has a number with too many digits"),
        (f"a = {'[' * 3000}", "is nested too deeply"),
    ],
)
def test_what_is_no_toml_is_told_by_its_place_alone(
    tmp_path: Path, content: str, said: str
) -> None:
    assert refusal(tmp_path, "toml", content) == f"{tmp_path}/file {said}"
