"""That the hunt finds what was spilled, in whatever spelling."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.real import canary

SECRET = "p@ss:w/o%41r#d? ü€ 'q\" $x"

SPELLED: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "quoted": lambda text: quote(text).encode(),
    "quoted wholly": lambda text: quote(text, safe="").encode(),
    "form": lambda text: quote_plus(text).encode(),
    "repr": lambda text: repr(text).encode(),
    "repr of bytes": lambda text: repr(text.encode()).encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "JSON": lambda text: json.dumps([text]).encode(),
    "JSON in UTF-8": lambda text: json.dumps([text], ensure_ascii=False).encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)).encode(),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 inside": lambda text: base64.b64encode(f"joe:{text}!".encode()),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"ab{text}c".encode()),
}


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_secret_is_found_however_it_is_spelled(tmp_path: Path, spelled: str) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "log"
    file.write_bytes(b"before " + SPELLED[spelled](SECRET) + b" after")
    assert canary.leaks([tmp_path], [SECRET]) == [str(file)]


def test_what_holds_no_secret_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"ssh://joe:***@nas p@ss" + bytes(range(256)))
    assert canary.leaks([tmp_path, tmp_path / "nowhere"], [SECRET]) == []


def test_what_is_said_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "_planted", {SECRET})
    canary.check(b'{"url": "ssh://joe:***@nas"}')
    with pytest.raises(AssertionError, match="a secret was said"):
        canary.check(json.dumps({"url": f"ssh://joe:{SECRET}@nas"}))


def test_the_hunt_goes_through_all_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(canary, "_planted", set())
    monkeypatch.setattr(canary, "_places", set())
    canary.watch(tmp_path)
    (tmp_path / "log").write_text("s3cret")
    assert canary.hunt() == []
    canary.plant("s3cret")
    assert canary.hunt() == [str(tmp_path / "log")]
