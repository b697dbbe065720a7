from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from monserv.setup.requirements import fingerprint, unmet

CHECKOUT = Path(__file__).parents[2]


def write(folder: Path, *lines: str) -> Path:
    file = folder / "requirements.txt"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_what_is_installed_here_meets_our_own_files() -> None:
    assert unmet(CHECKOUT / "requirements.txt") == []


def test_the_constraints_lie_within_the_ranges_and_name_every_requirement(tmp_path: Path) -> None:
    constraints = (CHECKOUT / "constraints.txt").read_text().lower()
    for line in (CHECKOUT / "requirements.txt").read_text().splitlines():
        name = line.partition(">=")[0].partition("[")[0]
        if not line.startswith("#"):
            assert f"\n{name}==" in constraints, line


def test_what_is_absent_is_named_as_written(tmp_path: Path) -> None:
    file = write(tmp_path, "# a comment", "", "no-such-thing[extra]>=1,<2  # why", "pytest")
    assert unmet(file) == ["no-such-thing[extra]>=1,<2"]


@pytest.mark.parametrize(
    ("bounds", "met"),
    [
        (">={version}", True),
        ("=={version}.0", True),
        ("<={version},>=0.1", True),
        ("<{version}", False),
        (">{version}", False),
        (">=9999", False),
        (">=1,<2", False),
    ],
)
def test_versions_are_compared_by_number(tmp_path: Path, bounds: str, *, met: bool) -> None:
    version = metadata.version("pytest")
    file = write(tmp_path, "pytest" + bounds.format(version=version))
    assert (unmet(file) == []) is met


def test_a_file_may_include_another(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("no-such-thing\n")
    assert unmet(write(tmp_path, "-r other.txt", "pytest")) == ["no-such-thing"]


def test_the_fingerprint_changes_with_the_files(tmp_path: Path) -> None:
    before = fingerprint([write(tmp_path, "pytest")])
    assert before == fingerprint([write(tmp_path, "pytest")])
    assert before != fingerprint([write(tmp_path, "pytest>=1")])
