r"""Read the temperatures, a line each.

``<chip> <file> <label>\t<millidegrees>[\t<critical>[\t<device>]]``, where ``device`` is the
end of its path in ``/sys``.

Format of the numbers: the kernel's Documentation/hwmon/sysfs-interface.rst.
"""

from __future__ import annotations

import re
from itertools import islice

from monserv.model.hardware import Temperature
from monserv.probe.text import clean

# A large server has a sensor for each core and each memory module.
MAX_TEMPERATURES = 512

_LINE = re.compile(
    r"^(\S{1,64}) (\S{1,64}) ?([^\t\n]{0,128})\t(-?\d{1,7})(?:\t(-?\d{0,9})(?:\t(\S{0,128}))?)?$",
    re.MULTILINE | re.ASCII,
)

# A sensor that is not connected reads -273, -128 or 255; nothing that a person put
# somewhere is beyond these and still says so.
_LEAST_CELSIUS = -100
_MOST_CELSIUS = 200


def temperatures(text: str) -> tuple[Temperature, ...] | None:
    """Return the temperatures in the order told; ``None`` when there is none.

    A sensor goes by its label, else by its file. Of several with the same name in
    chips of the same name (two disks), the later ones are numbered.
    """
    found: list[Temperature] = []
    seen: dict[tuple[str, str], int] = {}
    for line in islice(_LINE.finditer(text), MAX_TEMPERATURES):
        chip, file, label, value, critical, device = line.groups()
        celsius = int(value) / 1000
        if not _LEAST_CELSIUS < celsius < _MOST_CELSIUS:
            continue
        label = clean(label.strip())
        key = clean(chip), label or clean(file)
        seen[key] = seen.get(key, 0) + 1
        number = f" ({seen[key]})" if seen[key] > 1 else ""
        found.append(
            Temperature(
                key[0],
                key[1] + number,
                celsius,
                _critical(critical),
                sensor=clean(file),
                label=label,
                device=clean(device or ""),
            )
        )
    return tuple(found) or None


def _critical(millidegrees: str | None) -> float | None:
    """Return a limit that can be meant: drivers give 0, -273 or 65261 for none."""
    if not millidegrees or millidegrees == "-":
        return None
    celsius = int(millidegrees) / 1000
    return celsius if 0 < celsius < _MOST_CELSIUS else None
