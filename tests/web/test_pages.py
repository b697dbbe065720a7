from __future__ import annotations

import json
import re
import struct
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.web.site import Site

STATIC = Path(__file__).parents[2] / "static"
FIRST_SIGHT_BYTES = 100_000
PAGES = ["/", "/swagger/index.html", "/asyncapi.html"]


class Page(HTMLParser):
    """What a page links to, which ids it has, and what of it would need a laxer policy."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.preloads: list[str] = []
        self.styles: list[dict[str, str | None]] = []
        self.ids: set[str] = set()
        self.body: dict[str, str | None] = {}
        self.inline: list[str] = []
        self._is_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.ids |= {named["id"] or ""} if "id" in named else set()
        if named.get("rel") == "modulepreload":
            self.preloads.append(named["href"] or "")
        if named.get("rel") == "stylesheet":
            self.styles.append(named)
        if tag == "body":
            self.body = named
        self._is_script = tag == "script"
        self.inline += [name for name in named if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag == "style" else []

    def handle_data(self, data: str) -> None:
        if self._is_script and data.strip():
            self.inline.append("script")

    def handle_endtag(self, _tag: str) -> None:
        self._is_script = False


def page(site: Site, url: str) -> Page:
    answer = site.get(url)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    return Page(answer.text)


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_no_script_or_style_of_its_own(site: Site, url: str) -> None:
    assert page(site, url).inline == []


@pytest.mark.parametrize("url", PAGES)
def test_all_that_a_page_names_is_there_and_ours(site: Site, url: str) -> None:
    shown = page(site, url)
    assert shown.links != []
    for link in shown.links:
        if link.startswith("#"):
            assert link[1:] in shown.ids
        else:
            assert link.startswith("/")
            assert not link.startswith("//")
            assert (link, site.get(link).status_code) == (link, 200)


def needed(name: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return a module and all that it imports, but for what it imports when asked to."""
    if name in known:
        return known
    known |= {name}
    path = STATIC / "js" / name
    for imported in re.findall(r'^(?:import|\}) .*"(\.[^"]+)";$', path.read_text(), re.MULTILINE):
        found = (path.parent / imported).resolve().relative_to((STATIC / "js").resolve())
        known = needed(found.as_posix(), known)
    return known


def test_the_dashboard_preloads_each_module_of_the_first_sight_once() -> None:
    expected = [f"/static/js/{name}" for name in needed("main.js") - {"main.js"}]
    assert sorted(page(Site(), "/").preloads) == sorted(expected)


def test_all_modules_of_a_servers_page_are_asked_for_at_once() -> None:
    text = (STATIC / "js" / "parts.js").read_text()
    listed = re.search(r"const OF_SERVER = \[(.*?)\];", text, re.DOTALL)
    assert listed is not None
    expected = needed("server-page.js") - needed("complete.js") - {"server-page.js"}
    names = [f"{name}.js" for name in re.findall(r'"(.+?)"', listed[1])]
    assert sorted(names) == sorted(expected)


@pytest.mark.parametrize(
    ("awake", "module"),
    [
        pytest.param({"cards"}, "views/card.js", id="cards"),
        pytest.param({"cards", "phone"}, "views/card.js", id="cards on a phone"),
        pytest.param({"table"}, "views/row.js", id="table"),
    ],
)
def test_what_the_dashboard_loads_at_first_sight_is_small(awake: set[str], module: str) -> None:
    shown = page(Site(), "/")
    styles = {
        link["href"] for link in shown.styles if "disabled" not in link or link["data-for"] in awake
    }
    modules = needed(module, needed("main.js")) | {"early.js"}
    assert "managing.js" not in modules
    assert "/static/css/page.css" in styles
    loaded = styles | {f"/static/js/{name}" for name in modules}
    sizes = {link: (STATIC.parent / (link or "").lstrip("/")).stat().st_size for link in loaded}
    assert sum(sizes.values()) < FIRST_SIGHT_BYTES, sizes


def test_a_phone_finds_what_it_needs_to_install_the_dashboard(site: Site) -> None:
    answer = site.get("/static/manifest.webmanifest")
    assert answer.content_type == "application/manifest+json"
    manifest = json.loads(answer.data)
    assert {"name", "short_name", "start_url", "scope", "display", "icons"} <= manifest.keys()
    kinds = {icon.get("purpose", "any"): icon["src"] for icon in manifest["icons"]}
    assert kinds.keys() == {"any", "maskable"}
    for icon in manifest["icons"]:
        found = site.get(icon["src"])
        assert (icon["src"], found.status_code, found.mimetype) == (icon["src"], 200, icon["type"])
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", found.data[16:24])
            assert icon["sizes"] == f"{width}x{height}"


@pytest.mark.parametrize("seconds", [4.0, 0.5, 86400.0])
def test_the_dashboard_knows_how_often_news_come(seconds: float) -> None:
    shown = page(Site(poll_interval_seconds=seconds), "/")
    assert float(shown.body["data-interval-seconds"] or "") == seconds


def test_the_dashboard_has_nothing_of_any_server_in_it(site: Site) -> None:
    text = site.get("/").text
    assert "scada" not in text
    assert "10.0.0.3" not in text


@pytest.mark.parametrize("url", ["/swagger", "/swagger/"])
def test_the_short_address_leads_to_swagger_ui(site: Site, url: str) -> None:
    answer = site.get(url)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/swagger/index.html")


def test_swagger_ui_reads_our_own_document(site: Site) -> None:
    assert 'data-document="/swagger/doc.json"' in site.get("/swagger/index.html").text
