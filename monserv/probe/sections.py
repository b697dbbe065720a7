"""Cut one answer of the script into its named sections."""

from __future__ import annotations

# Ten thousand processes are real; of anything else this much is not, and reading
# it would keep the other servers waiting.
SECTION_LIMIT = 2**20
UNLIMITED = frozenset({"processes"})


def end_line(marker: str) -> bytes:
    """Return the line that closes an answer."""
    return f"{marker} end\n".encode()


def cut(answer: bytes, marker: str) -> dict[str, str]:
    """Return section name -> its text, at most ``SECTION_LIMIT`` characters of it.

    Bytes that are not UTF-8 are kept as surrogates, so that a path can be sent
    back as it came. Whatever stands before the first marker (a banner, the echo of an rc file)
    belongs to no section.
    """
    sections: dict[str, str] = {}
    opening = f"{marker} "
    # A file without a final newline leaves the next marker in the middle of a
    # line, so the text is cut at the marker itself.
    for part in answer.decode("utf-8", "surrogateescape").split(opening)[1:]:
        name, _, text = part.partition("\n")
        sections[name] = text if name in UNLIMITED else text[:SECTION_LIMIT]
    return sections
