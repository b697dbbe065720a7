"""A table for people: text to the left, numbers to the right, one row a line."""

from __future__ import annotations

from collections.abc import Sequence

Cell = str | float | int | None


def table(headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Return the lines of a table; ``None`` is shown as a dash, floats with three figures."""
    texts = [list(headers), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in texts) for column in range(len(headers))]
    is_number = [
        all(not isinstance(row[column], str) for row in rows) for column in range(len(headers))
    ]
    lines = [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in texts
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _text(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.3g}" if abs(cell) < 100 else f"{cell:.0f}"
    return str(cell)
