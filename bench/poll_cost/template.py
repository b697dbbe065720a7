"""A recorded answer whose numbers go on, at the pace of the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Stands in an answer for the marker of whoever asks; no server sends a zero byte.
MARK = b"\0MARK\0"

# Numbers that move, by the line in which they stand: its pattern, and how much each of
# them grows in a second. Where there are more numbers than paces, the last pace goes on.
_LINES: tuple[tuple[bytes, tuple[int, ...]], ...] = (
    (rb"cpu  (?= *\d)", (20, 1, 6, 160, 3, 0, 1, 2, 0)),
    (rb"cpu\d+ (?= *\d)", (10, 0, 3, 80, 1, 0, 0, 1, 0)),
    (rb"(?:ctxt|processes) ", (40,)),
    (rb"Mem(?:Free|Available): *", (3,)),
    (rb" *[\w.@-]+: *(?=\d+ +\d+ +\d+ +\d+ +\d+ +\d+)", (9000, 12, 0, 0, 0, 0, 0, 0, 7000, 9, 0)),
    (rb" +\d+ +\d+ (?:[vsx]d|nvme|md|dm-)\S+ ", (3, 1, 40, 2, 9, 4, 160, 11, 0, 8, 13, 0)),
    (rb"(?:some|full) .* total=", (900,)),
    (rb"pg\w+ (?=\d+$)", (70,)),
)
_MOVING = re.compile(
    b"^(?:" + b"|".join(b"(" + head + b")" for head, _ in _LINES) + rb")(.*)$", re.MULTILINE
)
# Seconds go on, their hundredths stay.
_UPTIME = re.compile(rb"(?<= uptime\n)\d+")


@dataclass(frozen=True, slots=True)
class Template:
    """An answer with room for its numbers; each is what it was, and its growth a period.

    Where there are several texts they take turns of a period each, all with the same numbers.
    """

    texts: tuple[bytes, ...]
    numbers: tuple[tuple[int, int], ...] = ()
    period_seconds: int = 1

    def at(self, seconds: int, marker: bytes) -> bytes:
        """Return the answer as it is some seconds later, with a marker of whoever asks."""
        period = self.period_seconds
        text = self.texts[seconds // period % len(self.texts)]
        filled = text % tuple([was + growth * seconds // period for was, growth in self.numbers])
        return filled.replace(MARK, marker)


def template(answer: bytes) -> Template:
    """Find the numbers of an answer that move."""
    numbers: list[tuple[int, int]] = []

    def moving(line: re.Match[bytes]) -> bytes:
        index = line.lastindex or 0
        which = next(one for one in range(1, index) if line[one] is not None)
        paces = list(_LINES[which - 1][1])

        def number(found: re.Match[bytes]) -> bytes:
            pace = paces.pop(0) if len(paces) > 1 else paces[0]
            if not pace or not int(found[0]):
                return found[0]
            numbers.append((int(found[0]), pace))
            return b"%d"

        return line[which] + re.sub(rb"\d+", number, line[index])

    escaped = literal(answer)
    head, mark, tail = escaped.partition(b" uptime\n")
    # The numbers are filled in in the order in which they stand.
    text = _MOVING.sub(moving, head)
    if mark:
        seconds = _UPTIME.search(escaped)
        if seconds is not None:
            numbers.append((int(seconds[0]), 1))
            tail = b"%d" + tail.removeprefix(seconds[0])
        text += mark + _MOVING.sub(moving, tail)
    return Template((text,), tuple(numbers))


def literal(answer: bytes) -> bytes:
    """Return what stands for itself in the text of a template."""
    return answer.replace(b"%", b"%%")
