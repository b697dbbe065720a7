"""Read the failed units of systemd: its plain list, then a line ``= <state>``."""

from __future__ import annotations

import re
from itertools import islice

from monserv.model.services import FailedUnit, Units
from monserv.probe.text import clean

# A machine on which everything failed is told by its first ones.
MAX_UNITS = 256

# Name, load, active, sub, description; older versions put a dot before the name.
_UNIT = re.compile(
    r"^(?:[●*] ?)? *(\S{1,512}) +\S{1,32} +failed +\S{1,32}(?: +(.*))?$", re.MULTILINE
)
_STATE = re.compile(r"^= ([a-z][a-z-]{0,31})$", re.MULTILINE)

# What systemctl says where systemd is installed and does not run.
_NOT_RUNNING = frozenset({"offline", "unknown"})


def units(text: str) -> Units | None:
    """Return the failed units; ``None`` where systemd does not run, or the list was cut."""
    state = _STATE.search(text)
    if state is None or state[1] in _NOT_RUNNING:
        return None
    failed = tuple(
        FailedUnit(clean(line[1]), clean((line[2] or "").strip()))
        for line in islice(_UNIT.finditer(text, 0, state.start()), MAX_UNITS)
    )
    return Units(state[1], failed)
