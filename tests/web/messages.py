"""What the pages say, as a translator's tool finds it: in templates, scripts and views."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "locales/babel.cfg"
# As docs/TRANSLATING.md has them.
KEYWORDS = ("say", "sayMany:2,3", "marked")


@cache
def extracted() -> Catalog:
    """Return all messages, with the files that say them."""
    with MAPPING.open() as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog()
    keywords = DEFAULT_KEYWORDS | parse_keywords(KEYWORDS)
    for name, line, message, comments, context in extract_from_dir(
        ROOT, methods, options, keywords=keywords
    ):
        assert context is None
        found.add(message, locations=[(name, line)], auto_comments=comments)
    return found


def in_scripts() -> Counter[str]:
    """Return how many messages each script has."""
    places = (place for message in extracted() for place, _line in message.locations)
    return Counter(place for place in places if place.startswith("static/"))
