"""What systemctl says of failed units."""

from __future__ import annotations

import pytest

from monserv.model.services import FailedUnit, Units
from monserv.probe import units
from monserv.probe.units import units as read


def test_failed_units_have_their_names_and_descriptions() -> None:
    text = (
        "nginx.service              loaded failed failed A high performance web server\n"
        "srv-data\\x2dold.mount       loaded failed failed /srv/data-old\n"
        "● backup.service loaded failed failed Nightly backup\n"
        "  gone.service not-found failed failed gone.service\n"
        "= degraded\n"
    )
    assert read(text) == Units(
        "degraded",
        (
            FailedUnit("nginx.service", "A high performance web server"),
            FailedUnit("srv-data\\x2dold.mount", "/srv/data-old"),
            FailedUnit("backup.service", "Nightly backup"),
            FailedUnit("gone.service", "gone.service"),
        ),
    )


def test_nothing_failed() -> None:
    assert read("= running\n") == Units("running", ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "= offline\n",
        "= unknown\n",
        "= \n",
        "= <b>\n",
        "nginx.service loaded failed failed web\n",
    ],
)
def test_where_systemd_does_not_run_or_the_list_was_cut_there_is_none(text: str) -> None:
    assert read(text) is None


def test_names_are_inert_and_a_flood_is_bounded() -> None:
    found = read("a.service loaded failed failed \x1b[2J\n= degraded\n")
    assert found is not None
    assert found.failed[0].description == "\\x1b[2J"
    found = read("a.service loaded failed failed x\n" * 9999 + "= degraded\n")
    assert found is not None
    assert len(found.failed) == units.MAX_UNITS
