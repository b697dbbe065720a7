"""docs/DEPLOYMENT.md says what is there."""

from __future__ import annotations

import re

from monserv.settings import schema, sources
from tests.real.product import CHECKOUT

PAGE = CHECKOUT / "docs" / "DEPLOYMENT.md"
TEXT = PAGE.read_text()
KNOWN = {*schema.NAMES, *(name + sources.FILE_SUFFIX for name in schema.SECRET_NAMES)}


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    headings = {
        re.sub(r"[^a-z -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("## ")
    }
    files = [target.partition("#")[0] for target in targets if not target.startswith("#")]
    assert [file for file in files if not (PAGE.parent / file).exists()] == []
    assert {target[1:] for target in targets if target.startswith("#")} == headings


def test_every_setting_that_is_named_exists() -> None:
    named = set(re.findall(r"\b(?:MONSERV|SERVER|SERVERS|API|ALLOWED)_[A-Z_]+\b", TEXT))
    assert named - KNOWN == set()
    assert len(named) > 5


def test_each_line_of_nginx_that_is_explained_is_in_its_configuration() -> None:
    lines = (PAGE.parent / "deployment" / "nginx.conf").read_text()
    words = " ".join(lines.split())
    table = TEXT.partition("| line | without it |")[2].partition("\n\n")[0]
    explained = re.findall(r"^\| (`[^|]*?) \|", table, re.MULTILINE)
    for line in explained:
        for text in re.findall(r"`([^`]+)`", line):
            assert text in words
    assert len(explained) == 6
