"""What a ring says of a slot: the points of all its series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monserv.model.rollup import METRICS, SERVER_METRICS, Group
from monserv.series.points import measured
from monserv.series.ring import Ring

Found = list[tuple[Group, str, bytes]]

_PLACES = {
    group: tuple(SERVER_METRICS.index(name) for name in metrics)
    for group, metrics in METRICS.items()
    if group is not Group.DISK
}


def points(ring: Ring, since: float, until: float) -> Found:
    """Return group, mount point and point of each series that is known in that time.

    ``since`` belongs to it, ``until`` does not; both are seconds since 1970.
    """
    rows = ring.rows(since, until)
    return list(_points(ring, rows)) if rows else []


def _points(ring: Ring, rows: Sequence[int]) -> Iterator[tuple[Group, str, bytes]]:
    columns = ring.columns(rows)
    for group, places in _PLACES.items():
        point = measured(group, [columns[place] for place in places])
        if point is not None:
            yield group, "", point
    for mount in ring.mounts:
        point = measured(Group.DISK, [ring.disk(mount, rows)])
        if point is not None:
            yield Group.DISK, mount, point
