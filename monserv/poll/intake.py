"""What becomes of the answer to an errand: a group of its own in the notebook."""

from __future__ import annotations

from collections.abc import Callable

from monserv.model.quality import Group
from monserv.model.usage import Usage
from monserv.poll.cadences import Ask
from monserv.poll.errands import Answered
from monserv.poll.notebook import Notebook
from monserv.probe import capabilities, cost, findings
from monserv.probe.mounts import Mount

# A member of an enumeration is looked up in Python.
_REMOTE = Ask.REMOTE

# The group of each errand, and who reads its answer.
_READERS: dict[Ask, tuple[Group, Callable[[findings.Sections, tuple[Mount, ...]], object]]] = {
    Ask.LOGINS: (Group.LOGINS, findings.logins),
    Ask.SENSORS: (Group.TEMPERATURES, findings.temperatures),
    Ask.INODES: (Group.INODES, findings.inodes),
    Ask.UNITS: (Group.UNITS, findings.units),
    Ask.CONTAINERS: (Group.CONTAINERS, findings.containers),
    Ask.REMOTE: (Group.NETWORK_DISKS, findings.network_disks),
}


def usage(answered: Answered, before: Usage, polls: int) -> Usage:
    """Return what the server now tells of what a session has used in so many ``polls``.

    A shell that took the place of another begins its counts anew, and tells nothing until
    it is beyond them.
    """
    text = (answered.sections or {}).get("cost", "")
    forks, cpu_seconds = cost.forks(text), cost.cpu_seconds(text)
    if forks is None or forks < (before.forks or 0):
        return before
    return Usage(forks=forks, cpu_seconds=cpu_seconds, measured_polls=polls)


def take(answered: Answered, notebook: Notebook) -> None:
    """Write down what came of an errand."""
    errand, sections = answered.errand, answered.sections
    group, read = _READERS[errand.ask]
    if sections is None:
        notebook.note(group, errand.ask, capabilities.hangs(group))
        return
    notebook.note(group, errand.ask, read(sections, errand.mounts))
    if errand.ask is _REMOTE and findings.has_timeout(sections):
        # Those that answered are known; one that did not is the reason to tell.
        notebook.note(group, errand.ask, capabilities.REMOTE_HANGS)
