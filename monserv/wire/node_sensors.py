"""What node_exporter calls temperatures: those of chips, and of the kernel's zones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from monserv.model.hardware import Temperature
from monserv.model.sample import Sample
from monserv.wire.prometheus_text import Family, Row, labels

# What the kernel measures without a chip: ``thermal_zone0``.
_ZONE = "thermal_zone"
# In the name of a chip these become an underscore.
_ODD = re.compile(r"[^a-z0-9:_]")


def _plain(name: str) -> str:
    return _ODD.sub("_", name.lower()).strip("_")


def _place(one: Temperature) -> dict[str, str]:
    """Return the labels of a sensor: a chip goes by its device, since chips are numbered anew."""
    return {"chip": _plain(one.device) or _plain(one.chip), "sensor": one.sensor or one.name}


def _of_chips(sample: Sample) -> Iterator[Temperature]:
    return (one for one in sample.temperatures or () if not one.sensor.startswith(_ZONE))


def _values(
    read: Callable[[Temperature], float | None],
) -> Callable[[Sample], Iterator[Row]]:
    def rows(sample: Sample) -> Iterator[Row]:
        for one in _of_chips(sample):
            value = read(one)
            if value is not None:
                yield labels(**_place(one)), value

    return rows


def _chip_names(sample: Sample) -> Iterator[Row]:
    for one in _of_chips(sample):
        yield labels(chip=_place(one)["chip"], chip_name=_plain(one.chip)), 1


def _sensor_labels(sample: Sample) -> Iterator[Row]:
    for one in _of_chips(sample):
        if one.label:
            place = _place(one)
            yield labels(chip=place["chip"], label=one.label, sensor=place["sensor"]), 1


def _zones(sample: Sample) -> Iterator[Row]:
    for one in sample.temperatures or ():
        if one.sensor.startswith(_ZONE):
            yield labels(type=one.chip, zone=one.sensor.removeprefix(_ZONE)), one.celsius


SENSORS = tuple(
    Family(f"node_{name}", "gauge", about, rows)
    for name, about, rows in (
        ("hwmon_temp_celsius", "A temperature.", _values(lambda one: one.celsius)),
        (
            "hwmon_temp_crit_celsius",
            "Where a temperature is critical.",
            _values(lambda one: one.critical_celsius),
        ),
        ("hwmon_chip_names", "What the driver of a chip calls it.", _chip_names),
        ("hwmon_sensor_label", "What the driver of a chip calls a sensor.", _sensor_labels),
        ("thermal_zone_temp", "A temperature that the kernel measures itself.", _zones),
    )
)
