"""Catalogues as translators send them, good and bad."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from monserv.web import catalogues

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {forms}\\n"
"""
ONE = "nplurals=1; plural=0;"
SLAVIC = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 "
    "&& (n%100<10 || n%100>=20) ? 1 : 2);"
)


def write(folder: Path, *messages: str, forms: str = ONE, name: str = "id.po") -> None:
    (folder / name).write_text("\n".join([HEADER.format(forms=forms), *messages]))


def text(original: str, said: str, place: str = "") -> str:
    return f'{place and f"#: {place}"}\nmsgid "{original}"\nmsgstr "{said}"\n'


def many(*said: str) -> str:
    forms = "\n".join(f'msgstr[{place}] "{one}"' for place, one in enumerate(said))
    return f'msgid "{{n}} server"\nmsgid_plural "{{n}} servers"\n{forms}\n'


def test_there_is_always_english(tmp_path: Path) -> None:
    found = catalogues.read(tmp_path / "nothing")
    assert list(found) == ["en"]
    english = found["en"]
    assert english.say("Close") == "Close"
    assert [english.say_many("one", "other", n) for n in (0, 1, 2, 1001)] == [
        "other",
        "one",
        "other",
        "other",
    ]
    assert english.script == ""


def test_what_a_catalogue_has_is_said_in_its_language(tmp_path: Path) -> None:
    write(tmp_path, text("Close", "Tutup"), text(catalogues.OWN_NAME, "Bahasa Indonesia"))
    found = catalogues.read(tmp_path)["id"]
    assert (found.language, found.name) == ("id", "Bahasa Indonesia")
    assert (found.say("Close"), found.say("Open")) == ("Tutup", "Open")


def test_a_language_of_one_country_has_the_tag_that_browsers_send(tmp_path: Path) -> None:
    write(tmp_path, text("Close", "Fechar"), name="pt_BR.po")
    found = catalogues.read(tmp_path)
    assert list(found) == ["en", "pt-BR"]
    assert found["pt-BR"].name == "pt_BR"


def test_each_number_has_its_form(tmp_path: Path) -> None:
    write(tmp_path, many("one {n}", "few {n}", "many {n}"), forms=SLAVIC, name="ru.po")
    found = catalogues.read(tmp_path)["ru"]
    numbers = [0, 1, 2, 5, 11, 12, 21, 22, 111, 199, 200, 201, 1011, 1022]
    said = [found.say_many("{n} server", "{n} servers", n).split()[0] for n in numbers]
    assert said == [
        *["many", "one", "few", "many", "many", "many", "one", "few"],
        *["many", "many", "many", "one", "many", "few"],
    ]


def test_the_scripts_get_what_they_say_and_no_more(tmp_path: Path) -> None:
    write(
        tmp_path,
        text("Close", "Tutup", "templates/a.html:3"),
        text("Open", "Buka", "static/js/a.js:3 templates/a.html:4"),
        text("Anything", "Apa saja"),
        text("Said", "</script>", "static/js/b.js:3"),
        text("<b>Bold</b>", "<b>Tebal</b>", "static/js/b.js:4"),
        many("{n} server"),
    )
    script = catalogues.read(tmp_path)["id"].script
    assert "<" not in script
    read = json.loads(script)
    assert read["texts"] == {
        "Open": "Buka",
        "Anything": "Apa saja",
        "<b>Bold</b>": "<b>Tebal</b>",
        "{n} server": ["{n} server"],
    }
    assert read["forms"] == "0" * 200


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (text("Close", ""), "not translated"),
        ("#, fuzzy\n" + text("Close", "Tutup"), "fuzzy"),
        (text("Close {name}", "Tutup {nama}"), "placeholders"),
        (text("Close %(name)s", "Tutup %(x)s"), "placeholders"),
        (text("Close", "<script>alert(1)</script>"), "markup"),
        (text("Close", "Tutup <"), "markup"),
        (text("<a href='/a'>Close</a>", "<a href='//b'>Tutup</a>"), "markup"),
        (many(""), "not translated"),
    ],
)
def test_what_could_not_be_shown_stays_english(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, message: str, reason: str
) -> None:
    write(tmp_path, message, text("Open", "Buka"))
    found = catalogues.read(tmp_path)["id"]
    assert set(found.texts) == {"Open"}
    assert [(one.levelno, reason in one.getMessage()) for one in caplog.records] == [
        (logging.WARNING, True)
    ]
    assert found.say_many("{n} server", "{n} servers", 2) == "{n} servers"


def test_an_unfinished_catalogue_is_one_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, *[text(f"Text {number}", "") for number in range(40)], text("Open", "Buka"))
    assert set(catalogues.read(tmp_path)["id"].texts) == {"Open"}
    (record,) = caplog.records
    assert "40 texts stay English, the first in line" in record.getMessage()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"Close = Tutup\n", "id.po"),
        (b"\xff\xfe\x00", "id.po"),
        (HEADER.format(forms="nplurals=2; plural=n;").encode(), "id.po"),
        (HEADER.format(forms="nplurals=2; plural=1/n;").encode(), "id.po"),
        (HEADER.format(forms="nplurals=2; plural=__import__('os');").encode(), "id.po"),
        (HEADER.format(forms="nplurals=x; plural=0;").encode(), "id.po"),
        ((HEADER.format(forms=ONE) + many("one", "two")).encode(), "id.po"),
        (HEADER.format(forms=ONE).encode(), "Indonesian.po"),
        (b"#" * (4 * 1024 * 1024 + 1), "id.po"),
    ],
)
def test_a_file_that_is_no_catalogue_is_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, name: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert list(catalogues.read(tmp_path)) == ["en"]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "not offered" in record.getMessage()
    assert record.exc_info is None
