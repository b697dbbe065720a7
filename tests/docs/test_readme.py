"""README.md opens with two commands, knows every setting, and its links lead somewhere."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from monserv.settings import schema, sources

CHECKOUT = Path(__file__).parents[2]
TEXT = (CHECKOUT / "README.md").read_text()
KNOWN = {*schema.NAMES, *(name + sources.FILE_SUFFIX for name in schema.SECRET_NAMES)}


def section(heading: str) -> str:
    """Return what stands below a heading, until the next one of any kind."""
    return re.split(r"^#+ ", TEXT.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]


def table_names() -> list[str]:
    """Return the names in the first column of the settings' table."""
    cells = re.findall(r"^\| (`[^|]+) \|", section("Settings"), re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def row(name: str) -> str:
    """Return the line of the settings' table that has a name in its first column."""
    (found,) = re.findall(rf"^\| [^|]*`{name}`[^|]*\|.*$", section("Settings"), re.MULTILINE)
    return found


def test_it_opens_with_the_two_commands() -> None:
    opening = TEXT.split("```")[:2]

    assert opening[0] == "# monserv\n\n"
    commands = [line.partition("#")[0].strip() for line in opening[1].splitlines()[1:]]
    assert commands == ["python3 wsgi.py", "python3 -m tests"]


def test_every_setting_has_its_place_in_the_table_and_no_unknown_one_has() -> None:
    # A database by its URL is rare: its file is named where it is explained.
    names = [*table_names(), "DATABASE_URL_FILE"]

    assert sorted(KNOWN) == sorted(names)
    assert "`DATABASE_URL_FILE`" in row("DATABASE_URL")


def test_a_default_that_is_a_number_or_a_word_is_the_one_of_the_schema() -> None:
    defaults = schema.check({})
    wrong = {}
    for line in re.findall(r"^\| `.*$", section("Settings"), re.MULTILINE):
        cells = line.split(" | ")
        names = re.findall(r"`([^`]+)`", cells[0])
        said = [one.strip(" `") for one in cells[1].split(",")]
        for name, default in zip(names, said, strict=False):
            expected = defaults.get(name)
            if isinstance(expected, bool):
                expected_text = str(expected).lower()
            elif isinstance(expected, (int, float)):
                expected_text = f"{expected:g}"
            else:
                continue
            if expected_text != default:
                wrong[name] = default
    assert wrong == {}


def test_every_link_leads_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("##")
    }
    targets = [one for one in re.findall(r"\]\(([^)]+)\)", TEXT) if "://" not in one]
    files = [one for one in targets if not one.startswith("#")]
    assert [one for one in files if not (CHECKOUT / one).exists()] == []
    assert {one[1:] for one in targets if one.startswith("#")} - headings == set()


def test_every_page_about_the_program_can_be_reached_from_it() -> None:
    pages = {f"docs/{page.name}" for page in (CHECKOUT / "docs").glob("*.md")}
    assert pages - set(re.findall(r"\]\(([^)]+)\)", TEXT)) == set()


def test_there_is_a_blank_line_before_every_heading() -> None:
    lines = re.sub(r"^```.*?^```", "", TEXT, flags=re.MULTILINE | re.DOTALL).splitlines()
    pairs = itertools.pairwise(lines)
    assert [line for before, line in pairs if before and line.startswith("##")] == []
