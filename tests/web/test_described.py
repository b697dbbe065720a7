from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.web.described import DOCUMENT
from tests.web.site import Site

READERS = 4


def test_those_who_read_it_first_at_once_and_those_who_come_later_read_the_same() -> None:
    site = Site()
    together = threading.Barrier(READERS)

    def read(_reader: int) -> object:
        together.wait(30)
        return site.document("/swagger/doc.json")

    with ThreadPoolExecutor(READERS) as readers:
        first = list(readers.map(read, range(READERS)))
    assert [*first, site.document("/swagger/doc.json")] == [DOCUMENT] * (READERS + 1)


def test_what_is_not_described_yet_answers() -> None:
    assert Site().get("/api/v1/servers").status_code == 200
