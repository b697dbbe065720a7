"""In which language pages are shown, and how a person chooses another."""

from __future__ import annotations

import pytest

from tests.web.site import Site

INDONESIAN = '<html lang="id"'
ENGLISH = '<html lang="en"'


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ("id", INDONESIAN),
        ("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", INDONESIAN),
        ("id-ID, en;q=0.5", INDONESIAN),
        ("en;q=0.5, ID;q=0.9", INDONESIAN),
        ("de, id;q=0.5, en;q=0.1", INDONESIAN),
        ("en-GB, id;q=0.5", ENGLISH),
        ("id;q=0, de", ENGLISH),
        ("de", ENGLISH),
        ("*", ENGLISH),
        ("", ENGLISH),
        ("-,;q=x,=,../id", ENGLISH),
        (",".join(["de"] * 1000 + ["id"]), ENGLISH),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(
    site: Site, wishes: str, expected: str
) -> None:
    answer = site.get("/", Accept_Language=wishes)
    assert expected in answer.text


def test_without_any_wish_it_is_english_and_brings_no_catalogue(site: Site) -> None:
    text = site.get("/").text
    assert ENGLISH in text
    assert 'id="words"' not in text


def test_the_catalogue_comes_in_the_page_before_all_scripts(site: Site) -> None:
    text = site.get("/", Accept_Language="id").text
    assert 0 < text.index('<script type="application/json" id="words">{') < text.index("main.js")


def test_caches_are_told_on_what_a_page_depends(site: Site) -> None:
    assert {"Accept-Language", "Cookie"} <= site.get("/").vary.as_set(preserve_casing=True)
    assert "Accept-Language" not in site.get("/api/state").vary.as_set(preserve_casing=True)


@pytest.mark.parametrize("url", ["/asyncapi.html", "/swagger/index.html"])
def test_the_references_are_english_in_any_language(site: Site, url: str) -> None:
    text = site.get(url, Accept_Language="id").text
    assert ENGLISH in text
    assert 'id="words"' not in text


def test_a_choice_is_remembered_and_goes_before_the_wish_of_the_browser(site: Site) -> None:
    browser = site.app.test_client()
    headers = {"Referer": "http://localhost/?view=table&q=a", "Origin": "http://localhost"}
    answer = browser.post("/language", data={"language": "id"}, headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?view=table&q=a")
    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age"))
    assert INDONESIAN in browser.get("/", headers={"Accept-Language": "en"}).text
    browser.post("/language", data={"language": "en"}, headers=headers)
    assert ENGLISH in browser.get("/", headers={"Accept-Language": "id"}).text


@pytest.mark.parametrize("chosen", ["", "de", "../id", "ID", "x" * 5000])
def test_a_language_that_there_is_not_is_not_remembered(site: Site, chosen: str) -> None:
    answer = site.app.test_client().post("/language", data={"language": chosen})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Set-Cookie" not in answer.headers


def test_a_cookie_that_names_no_language_counts_for_nothing(site: Site) -> None:
    headers = {"Cookie": "monserv-language=../../etc", "Accept-Language": "id"}
    assert INDONESIAN in site.app.test_client(use_cookies=False).get("/", headers=headers).text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}])
def test_no_other_page_chooses_for_a_person(site: Site, headers: dict[str, str]) -> None:
    answer = site.app.test_client().post("/language", data={"language": "id"}, headers=headers)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "before",
    [
        "http://elsewhere.example/servers/1",
        "//elsewhere.example/",
        "http://localhost//e.example",
        "x",
    ],
)
def test_a_choice_leads_back_to_a_page_of_ours_alone(site: Site, before: str) -> None:
    answer = site.app.test_client().post(
        "/language", data={"language": "id"}, headers={"Referer": before}
    )
    assert answer.headers["Location"] == "/"


def test_the_choice_shows_each_language_by_its_own_name(site: Site) -> None:
    text = site.get("/", Accept_Language="id").text
    assert 'value="en" lang="en">English</button>' in text
    assert 'value="id" lang="id" aria-current="true">Bahasa Indonesia</button>' in text
