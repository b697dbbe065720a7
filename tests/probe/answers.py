"""Captured answers of real machines, and a way to change them.

``debian.txt`` and ``busybox.txt`` are the output of ``monserv.probe.script`` in
dash and in BusyBox's sh: facts, a poll, disks of ``/`` and owners, in the format of
``monserv.probe.recording``. Rows that say nothing new were taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from monserv.model.sample import Sample
from monserv.probe import disks, mounts, processes, procfs, reading, recording, sections, tops
from monserv.probe.capabilities import Shortcoming

FOLDER = Path(__file__).parents[1] / "fixtures" / "probe"
MARKER = recording.MARKER
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def captured(name: str) -> dict[str, str]:
    """Return the sections of all answers of a captured session."""
    return sections.cut((FOLDER / f"{name}.txt").read_bytes(), MARKER)


def polls(answers: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the sections of a recording, once for each of its polls."""
    merged = recording.merged(answers)
    return [merged | dict(answer) for answer in answers if "uptime" in answer]


def later(answer: dict[str, str], seconds: int = 4) -> dict[str, str]:
    """Return the same machine a few seconds later: 100 ticks a second, a quarter of them busy."""
    uptime, idle = (float(number) for number in answer["uptime"].split())
    lines = answer["counters"].split("\n")
    ticks = lines[0].split()
    ticks[1] = str(int(ticks[1]) + 25 * seconds)
    ticks[4] = str(int(ticks[4]) + 75 * seconds)
    lines[0] = f"cpu  {' '.join(ticks[1:])}"
    return answer | {
        "uptime": f"{uptime + seconds:.2f} {idle:.2f}\n",
        "counters": "\n".join(lines),
    }


def sample(first: dict[str, str], second: dict[str, str]) -> Sample | None:
    """Read two answers as a conversation does."""
    before, after = reading.reading(first), reading.reading(second)
    if before is None or after is None:
        return None
    known = reading.facts(first)
    mountinfo = second.get("mounts", "")
    asked = mounts.mounts(mountinfo)
    now = tops.ProcessList(after.uptime_seconds, processes.rows(second.get("processes", "")))
    earlier = tops.ProcessList(before.uptime_seconds, processes.rows(first.get("processes", "")))
    chosen = tops.tops(now, tops.Ticks.of(earlier), known, after.memory)
    top = None
    if not isinstance(chosen, Shortcoming) and after.memory is not None:
        owners = processes.owners(second.get("owners", ""))
        top = tops.processes(chosen, now, known, after.memory, owners=owners, commands={})
    return reading.sample(
        known,
        before,
        after,
        kept=reading.Kept(
            hardware=procfs.hardware_interfaces(second.get("hardware", "")),
            disks=disks.disks(second.get("disks", ""), asked),
            mountpoints=frozenset(map(disks.shown_path, asked)) if mountinfo else None,
            processes=top,
        ),
        states={},
        taken_at=AT,
    )
