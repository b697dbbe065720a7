from __future__ import annotations

from html.parser import HTMLParser

from monserv.web.asyncapi.page import page, paragraphs
from tests.web.site import Site

URL = "/asyncapi.html"


class Seen(HTMLParser):
    """The ids of a page, and where its own links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "id" in named:
            self.ids.append(named["id"] or "")
        if (named.get("href") or "").startswith("#"):
            self.targets.add((named["href"] or "")[1:])


def test_it_shows_every_message_and_every_schema_once() -> None:
    site = Site()
    document, seen = site.document("/asyncapi.json"), Seen(site.get(URL).text)
    laid_out = page(document)
    messages = {one.id for channel in laid_out.channels for one in channel.messages}
    inside = {
        shape.name
        for channel in laid_out.channels
        for message in channel.messages
        for shape in message.shapes
    }

    assert messages == set(document["components"]["messages"])
    assert messages <= set(seen.ids)
    assert set(document["components"]["schemas"]) - inside <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))


def test_every_link_within_it_leads_somewhere() -> None:
    seen = Seen(Site().get(URL).text)
    assert len(seen.targets) > 20
    assert seen.targets <= set(seen.ids)


def test_it_needs_no_script_and_no_other_host() -> None:
    text = Site().get(URL).text
    assert text.count("<script") == 1  # which chooses the theme before anything is drawn
    assert "http" not in text.replace("httpApiKey", "")


def test_an_address_from_a_header_is_text() -> None:
    text = Site(api_host="<b>:80").get(URL).text
    assert "<b>" not in text
    assert "&lt;b&gt;" in text


def test_plain_markdown_becomes_paragraphs_with_code() -> None:
    assert paragraphs("One\nline `of` it.\n\n`Two`\n") == [
        [("One line ", False), ("of", True), (" it.", False)],
        [("Two", True)],
    ]
