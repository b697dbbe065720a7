from __future__ import annotations

import pytest

from monserv.probe import recording, sections
from tests.probe.answers import FOLDER, polls

FILES = sorted(FOLDER.rglob("*.txt"))


def test_what_is_written_reads_as_it_was() -> None:
    answers = [{"hostname": "nas\n", "model": ""}, {"mounts": "/caf\udce9 no line end"}]
    read = recording.read(recording.write(answers))
    assert read == [answers[0], {"mounts": "/caf\udce9 no line end\n"}]


def test_a_name_that_looks_like_a_mark_opens_no_section_and_ends_no_answer() -> None:
    answers = [{"users": "MARK end\nLANDMARK hostname\n"}, {"hostname": "nas\n"}]
    read = recording.read(recording.write(answers))
    assert read == [{"users": "Mark end\nLANDMark hostname\n"}, {"hostname": "nas\n"}]


def test_two_polls_of_one_recording_are_told_apart() -> None:
    answers = [{"hostname": "nas"}, {"uptime": "1.00 1\n"}, {"uptime": "2.00 1\n"}]
    first, second = polls(answers)
    assert (first["uptime"], second["uptime"]) == ("1.00 1\n", "2.00 1\n")
    assert first["hostname"] == second["hostname"] == "nas"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_fixture_is_a_recording(path: object) -> None:
    raw = (FOLDER / str(path)).read_bytes()
    answers = recording.read(raw)
    assert recording.write(answers) == raw
    assert recording.merged(answers) | {"end": ""} == sections.cut(raw, recording.MARKER)
