"""In which order rows fill the pages of a table that only grows at its end.

A row that does not fit into the page at the end begins a new one, and the rest of the old
one is lost: with blocks of history a quarter of the file. So rows that are written
together are ordered: the largest first, and each into the first page that has room.
"""

from __future__ import annotations

from collections.abc import Mapping

# SQLite's page without its header; what a row takes beside its text: its place in the page,
# its length and number, and the other columns.
PAGE_BYTES = 4096 - 8
ROW_BYTES = 26


def fitted(texts: Mapping[int, bytes]) -> list[int]:
    """Return the numbers of the texts in the order in which they should be written."""
    pages: list[list[int]] = []
    room: list[int] = []
    for number in sorted(texts, key=lambda one: (-len(texts[one]), one)):
        taken = len(texts[number]) + ROW_BYTES
        place = next((page for page, left in enumerate(room) if left >= taken), None)
        if place is None:
            pages.append([])
            room.append(PAGE_BYTES)
            place = len(pages) - 1
        pages[place].append(number)
        room[place] -= taken
    return [number for page in pages for number in page]
