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
    # A file without a final newline leaves the next marker in the middle of a
    # line, so the text is cut at the marker itself.
    parts = answer.decode("utf-8", "surrogateescape").split(f"{marker} ")
    del parts[0]
    sections = {name: text for name, _, text in [part.partition("\n") for part in parts]}
    if len(answer) > SECTION_LIMIT:
        for name in sections.keys() - UNLIMITED:
            sections[name] = sections[name][:SECTION_LIMIT]
    return sections
