"""A simulated server: a recording whose counters go on, at the pace of the clock."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

# Stands in an answer for the marker of whoever asks; no server sends a zero byte.
MARK = b"\0MARK\0"
# A shell that was sent so much without a line to answer was sent something else.
MAX_WAITING_BYTES = 65536

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
    # A process: what it used of the CPU; all else stays as it is.
    (rb"\d+ \(.*\) \w(?: -?\d+){10} (?=\d+ \d+ )", (2, 1, 0)),
)
_MOVING = re.compile(
    b"^(?:" + b"|".join(b"(" + head + b")" for head, _ in _LINES) + rb")(.*)$", re.MULTILINE
)
# Seconds go on, their hundredths stay.
_UPTIME = re.compile(rb"(?<= uptime\n)\d+")


@dataclass(frozen=True, slots=True)
class Request:
    """One line without its marker."""

    verb: bytes
    arguments: bytes


def request(line: bytes) -> tuple[Request, bytes]:
    """Return a request and its marker."""
    verb, _, rest = line.partition(b" ")
    marker, _, arguments = rest.partition(b" ")
    return Request(verb, arguments), marker


@dataclass(frozen=True, slots=True)
class Recording:
    """The text that is sent first, what is said to it, and the answer to each request."""

    preamble: bytes
    greeting: bytes
    answers: dict[Request, bytes]


@dataclass(frozen=True, slots=True)
class Template:
    """An answer with room for its numbers; each is what it was, and its growth a second."""

    text: bytes
    numbers: tuple[tuple[int, int], ...]

    def at(self, seconds: int, marker: bytes) -> bytes:
        """Return the answer as it is some seconds later, with a marker of whoever asks."""
        filled = self.text % tuple([was + growth * seconds for was, growth in self.numbers])
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

    escaped = answer.replace(b"%", b"%%")
    head, mark, tail = escaped.partition(b" uptime\n")
    # The numbers are filled in in the order in which they stand.
    text = _MOVING.sub(moving, head)
    if mark:
        seconds = _UPTIME.search(escaped)
        if seconds is not None:
            numbers.append((int(seconds[0]), 1))
            tail = b"%d" + tail.removeprefix(seconds[0])
        text += mark + _MOVING.sub(moving, tail)
    return Template(text, tuple(numbers))


class Model:
    """What all simulated servers share: the templates of one recording."""

    def __init__(self, recording: Recording) -> None:
        self.preamble = recording.preamble
        self.greeting = recording.greeting
        self.templates = {asked: template(text) for asked, text in recording.answers.items()}
        self.by_verb = {asked.verb: text for asked, text in self.templates.items()}


class Talk:
    """The shell of one simulated server, without its connection.

    ``asked`` counts requests by verb; ``faults`` what no recording has an answer to.
    """

    def __init__(self, model: Model, asked: Counter[str], faults: Counter[str]) -> None:
        self._model = model
        self._asked = asked
        self._faults = faults
        self._preamble = model.preamble
        self._waiting = b""

    def say(self, data: bytes, seconds: int) -> bytes:
        """Take in what was sent; return the answers, as they are some seconds after the start."""
        said = b""
        if self._preamble:
            data = self._past_the_preamble(data)
            said = b"" if self._preamble else self._model.greeting
        lines = (self._waiting + data).split(b"\n")
        self._waiting = lines.pop()[:MAX_WAITING_BYTES]
        return said + b"".join([self._answer(line, seconds) for line in lines])

    def _past_the_preamble(self, data: bytes) -> bytes:
        expected = self._preamble[: len(data)]
        if not data.startswith(expected):
            self._faults["another script"] += 1
        self._preamble = self._preamble[len(expected) :]
        return data[len(expected) :]

    def _answer(self, line: bytes, seconds: int) -> bytes:
        asked, marker = request(line)
        self._asked[asked.verb.decode("ascii", "replace")] += 1
        return self._template(asked).at(seconds, marker)

    def _template(self, asked: Request) -> Template:
        known = self._model.templates.get(asked)
        if known is None:
            # Other arguments than were recorded: the answer is about others, and is none of ours.
            self._faults[f"not recorded: {asked.verb!r} {asked.arguments[:60]!r}"] += 1
            known = self._model.by_verb.get(asked.verb, _UNKNOWN)
        return known


_UNKNOWN = Template(MARK + b" end\n", ())
