"""The file of a recorded server: the answers of its probe, one after the other.

Each answer is as the script writes it, with ``MARKER`` for its marker: sections that are
opened by ``MARK <name>``, then ``MARK end``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monserv.probe import sections

MARKER = "MARK"

# What a section says must not look like the next one.
_OPENING = f"{MARKER} "
_HARMLESS = f"{MARKER.capitalize()} "


def write(answers: Iterable[Mapping[str, str]]) -> bytes:
    """Return the file of these answers, each section name -> its text."""
    return "".join(_written(answer) for answer in answers).encode("utf-8", "surrogateescape")


def read(raw: bytes) -> list[dict[str, str]]:
    """Return the answers in the file, in their order."""
    end = sections.end_line(MARKER)
    return [sections.cut(answer, MARKER) for answer in raw.split(end)[:-1]]


def merged(answers: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return all sections; of several with one name, the last."""
    return {name: text for answer in answers for name, text in answer.items()}


def _written(answer: Mapping[str, str]) -> str:
    parts = []
    for name, text in answer.items():
        if name == "end":
            continue
        body = text.replace(_OPENING, _HARMLESS)
        closed = body if not body or body.endswith("\n") else f"{body}\n"
        parts.append(f"{_OPENING}{name}\n{closed}")
    return "".join([*parts, f"{_OPENING}end\n"])
