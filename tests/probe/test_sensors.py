"""Temperatures of any chip."""

from __future__ import annotations

import pytest

from monserv.model.hardware import Temperature
from monserv.probe import sensors
from monserv.probe.sensors import temperatures


def test_a_sensor_goes_by_its_label_else_by_its_file() -> None:
    text = (
        "coretemp temp1 Package id 0\t45000\t100000\tplatform/coretemp.0\n"
        "acpitz temp1 \t27800\n"
        "thermal cpu-thermal\t51121\t\n"
    )
    assert temperatures(text) == (
        Temperature(
            "coretemp",
            "Package id 0",
            45.0,
            100.0,
            sensor="temp1",
            label="Package id 0",
            device="platform/coretemp.0",
        ),
        Temperature("acpitz", "temp1", 27.8, sensor="temp1"),
        Temperature("thermal", "cpu-thermal", 51.121, sensor="cpu-thermal"),
    )


def test_two_of_the_same_name_are_numbered() -> None:
    found = temperatures("nvme temp1 Composite\t30000\n" * 3)
    assert {one.label for one in found or ()} == {"Composite"}
    assert [one.name for one in found or ()] == ["Composite", "Composite (2)", "Composite (3)"]


@pytest.mark.parametrize("millidegrees", ["-273000", "-128000", "255000", "9999999", "NaN", "1e3"])
def test_what_is_no_temperature_is_left_out(millidegrees: str) -> None:
    assert temperatures(f"chip temp1 x\t{millidegrees}\n") is None


@pytest.mark.parametrize("critical", ["0", "-273150", "65261850", "-"])
def test_what_is_no_limit_is_none(critical: str) -> None:
    (found,) = temperatures(f"nvme temp1 Composite\t30000\t{critical}\n") or ()
    assert found.critical_celsius is None


def test_names_are_inert_and_a_flood_is_bounded() -> None:
    (found,) = temperatures("chip temp1 <b>\x1b[2J\t30000\n") or ()
    assert found.name == "<b>\\x1b[2J"
    assert len(temperatures("a b c\t1\n" * 9999) or ()) == sensors.MAX_TEMPERATURES


def test_no_sensor_is_none() -> None:
    assert temperatures("") is None
