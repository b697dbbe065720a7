from __future__ import annotations

from dataclasses import replace

import pytest

from monserv.cli import sample_table
from monserv.model.quality import Group, GroupState, Quality
from monserv.model.sample import Load, Memory, Network, Sample
from monserv.model.services import OperatingSystem
from tests.samples import START, disk, process, processes, sample


def test_everything_that_is_known_stands_in_its_place() -> None:
    full = replace(
        sample(
            cpu=12.46,
            disks=(disk("/", 50.0), disk("/srv/media/films and a long name", 75.0, read_only=True)),
            top=processes(process(4711, 25.0)),
        ),
        memory=Memory(8 * 2**30, 6 * 2**30, 2 * 2**30, 75.0, None, 2**30, 2**29),
        load=Load(0.5, 0.25, 1.0),
        network=Network((), 1, 2, 1536, 512),
        system=OperatingSystem("Debian GNU/Linux 12", "6.1.0", "x86_64"),
        uptime_seconds=90_000,
        quality={
            Group.CPU: GroupState(Quality.OK, START),
            Group.CONTAINERS: GroupState(
                Quality.DENIED, None, "docker may not be asked", "usermod -aG docker scada"
            ),
        },
    )
    assert list(sample_table.lines(full)) == [
        "scadanas, Debian GNU/Linux 12, Linux 6.1.0 x86_64, up 1 d 1 h",
        "CPU                           12.5 % [##..................] 4 cores, AMD EPYC",
        "Memory                        75.0 % [###############.....] 6.0 GiB of 8.0 GiB",
        "Swap                          50.0 % [##########..........] 512 MiB of 1.0 GiB",
        "Load                         0.5, 0.25, 1 over 1, 5 and 15 minutes",
        "Network                      512 B/s in, 1.5 KiB/s out",
        "",
        "Disks",
        "/                             50.0 % [##########..........] 512 MiB free of 1.0 GiB, ext4",
        (
            "/srv/media/films and a long…  75.0 % [###############.....] "
            "256 MiB free of 1.0 GiB, ext4, read-only"
        ),
        "",
        "Largest processes, of the memory",
        "java (4711)                   25.0 % [#####...............] 2.0 GiB, app",
        "",
        "Not known",
        "containers: docker may not be asked (usermod -aG docker scada)",
    ]


def test_what_is_not_known_is_no_zero() -> None:
    bare = Sample(START, "", "b", 59, problems=("cpu: /proc/stat could not be read",))
    assert list(sample_table.lines(bare)) == [
        "a server without a name, up 0 min",
        "",
        "Not known",
        "cpu: /proc/stat could not be read",
    ]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (15 * 2**30, "15 GiB"),
        (3 * 2**60, "3072 PiB"),
    ],
)
def test_sizes_stand_in_the_largest_unit_that_they_fill(number: int, shown: str) -> None:
    assert sample_table.size(number) == shown
