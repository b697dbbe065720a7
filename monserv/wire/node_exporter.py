"""All servers' values under the names, labels and units of node_exporter, as one text.

Boards and rules that were made for it work with these. What a server does not tell is
absent.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from monserv.model.counters import Counters
from monserv.model.sample import Sample
from monserv.wire.node_families import FAMILIES, counted
from monserv.wire.prometheus_text import Family

# What a kernel calls its memory and its events; a machine has some sixty of them.
_KERNEL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}(\([A-Za-z0-9_]{1,40}\))?")
_MAX_KERNEL_NAMES = 200
# The only sizes that /proc/meminfo counts in pages.
_WITHOUT_UNIT = "HugePages_"

Samples = Sequence[tuple[str, Sample]]


def pages(samples: Samples) -> Iterator[str]:
    """Yield the text of all samples, a family at a time; each stands under its own labels."""
    for family in itertools.chain(FAMILIES, _memory(samples), _events(samples)):
        lines = "".join(family.lines(samples))
        if lines:
            yield family.header() + lines


def _memory(samples: Samples) -> Iterator[Family]:
    """Return a family for each line of /proc/meminfo that any server has."""
    for name in _kernel_names(samples, lambda counters: counters.memory):
        unit = "" if name.startswith(_WITHOUT_UNIT) else "_bytes"
        spelled = name.replace("(", "_").replace(")", "")
        rows = counted(lambda counters, key=name: counters.memory.get(key))
        yield Family(f"node_memory_{spelled}{unit}", "gauge", f"{name} of /proc/meminfo.", rows)


def _events(samples: Samples) -> Iterator[Family]:
    """Return a family for each line of /proc/vmstat that any server told."""
    for name in _kernel_names(samples, lambda counters: counters.events):
        rows = counted(lambda counters, key=name: counters.events.get(key))
        yield Family(f"node_vmstat_{name}", "untyped", f"{name} of /proc/vmstat.", rows)


def _kernel_names(samples: Samples, read: Callable[[Counters], Mapping[str, int]]) -> Iterator[str]:
    all_names = itertools.chain.from_iterable(
        read(sample.counters) for _, sample in samples if sample.counters
    )
    known = (name for name in dict.fromkeys(all_names) if _KERNEL_NAME.fullmatch(name))
    return itertools.islice(known, _MAX_KERNEL_NAMES)
