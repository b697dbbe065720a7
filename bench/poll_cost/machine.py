"""A simulated server: a recording that says what was said, as it would be by now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.poll_cost.template import MARK, Template

# A shell that was sent so much without a line to answer was sent something else.
MAX_WAITING_BYTES = 65536
# The question whose arguments are processes.
OWNERS = b"owners"


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
    """The text that is sent first, what is said to it, and the answer to each request.

    ``owners`` has the line that tells of each process, since which of them are asked about
    depends on when they are.
    """

    preamble: bytes
    greeting: bytes
    answers: Mapping[Request, Template]
    owners: Mapping[bytes, bytes]


def owned(owners: Mapping[bytes, bytes], pids: Iterable[bytes]) -> Template | None:
    """Return the answer to a question for owners, ``None`` when one of them is not known."""
    lines = [owners.get(pid) for pid in pids]
    if None in lines:
        return None
    return Template((b"".join([MARK + b" owners\n", *filter(None, lines), _END]),))


class Model:
    """What all simulated servers share: one recording."""

    def __init__(self, recording: Recording) -> None:
        self.preamble = recording.preamble
        self.greeting = recording.greeting
        self._answers = recording.answers
        self._owners = recording.owners
        self._by_verb = {asked.verb: text for asked, text in recording.answers.items()}

    def answer(self, asked: Request) -> Template | None:
        """Return the answer to what was asked, ``None`` where it was not recorded."""
        if asked.verb == OWNERS:
            return owned(self._owners, asked.arguments.split())
        return self._answers.get(asked)

    def like(self, asked: Request) -> Template:
        """Return an answer to another question of the kind."""
        return self._by_verb.get(asked.verb, _UNKNOWN)


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
        known = self._model.answer(asked)
        if known is None:
            # Other arguments than were recorded: the answer is about others, and is none of ours.
            self._faults[f"not recorded: {asked.verb!r} {asked.arguments[:60]!r}"] += 1
            known = self._model.like(asked)
        return known


_END = MARK + b" end\n"
_UNKNOWN = Template((_END,))
