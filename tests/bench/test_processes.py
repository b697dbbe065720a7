"""The processes of a simulated server do what those did that were recorded, and no more."""

from __future__ import annotations

from collections import Counter

from bench.poll_cost import processes
from bench.poll_cost.machine import Model, Recording, Request, Talk
from bench.poll_cost.template import MARK, Template
from monserv.probe.process_table import ProcessRow
from monserv.probe.processes import rows

APART_SECONDS = 20


def row(
    pid: int,
    name: str = "sh",
    state: str = "S",
    *,
    ticks: int = 5,
    started: int = 3,
    pages: int = 90,
) -> bytes:
    fields = dict.fromkeys(range(4, 53), 7) | {14: ticks, 22: started, 24: pages}
    return f"{pid} ({name}) {state} {' '.join(map(str, fields.values()))}\n".encode()


def listed(*each: bytes) -> bytes:
    return MARK + b" processes\n" + b"".join(each) + MARK + b" end\n"


def goes_on(
    first: list[bytes], later: list[bytes], kept: frozenset[bytes] = frozenset((b"1", b"2", b"3"))
) -> Template:
    return processes.template(listed(*first), listed(*later), APART_SECONDS, kept)


def at(template: Template, seconds: int) -> list[ProcessRow]:
    text = template.at(seconds, b"m").decode()
    assert text.startswith("m processes\n")
    assert text.endswith("m end\n")
    return list(rows(text.removeprefix("m processes\n")))


def test_a_counter_goes_on_at_the_pace_that_was_seen() -> None:
    found = goes_on([row(1), row(2, ticks=5)], [row(1), row(2, ticks=7)])
    ticks = [[one.cpu_ticks for one in at(found, seconds)] for seconds in (0, 10, 20, 39, 2000)]
    assert ticks == [[12, 12], [12, 13], [12, 14], [12, 15], [12, 212]]
    assert processes.moving(found) == (2, 1)


def test_what_only_changes_is_what_it_was_in_either_list_by_turns() -> None:
    found = goes_on([row(1, "100%d", pages=9)], [row(1, "x", "R", pages=4)])
    told = [
        [(one.name, one.rss_pages) for one in at(found, seconds)] for seconds in (0, 19, 20, 40)
    ]
    assert told == [[("100%d", 9)], [("100%d", 9)], [("x", 4)], [("100%d", 9)]]


def test_processes_that_began_or_ended_or_whose_owner_is_not_known_are_left_out() -> None:
    first = [row(1), row(2), row(3, started=3), row(4)]
    later = [row(1), row(2, state="Z"), row(3, started=9), row(4), row(5)]
    found = goes_on(first, later)
    assert [one.pid for one in at(found, 0)] == [one.pid for one in at(found, 20)] == [1]


def test_owners_are_told_of_whichever_processes_are_asked_about() -> None:
    owners = {b"1": b"1 0\n", b"22": b"22 1000\n"}
    asked = {Request(b"owners", b"1"): Template((MARK + b" owners\n1 0\n" + MARK + b" end\n",))}
    faults = Counter[str]()
    talk = Talk(Model(Recording(b"", b"", asked, owners)), Counter(), faults)
    assert talk.say(b"owners m 22 1\n", 0) == b"m owners\n22 1000\n1 0\nm end\n"
    assert not faults
    talk.say(b"owners m 1 7\n", 0)
    assert list(faults) == ["not recorded: b'owners' b'1 7'"]
