"""An answer in all its forms, and the shelf on which the newest ones are."""

from __future__ import annotations

import gzip
import threading

import pytest

from monserv.web import prepared
from monserv.web.prepared import MAX_VIEWS, MIN_GZIP_BYTES, Prepared, Shelf

LONG = b'{"text":"' + b"lorem ipsum " * 20_000 + b'"}'
VARY = "Accept-Encoding, Cookie"
GZIP = {"HTTP_ACCEPT_ENCODING": "gzip"}
EVERYTHING: frozenset[str] = frozenset()


def has(tag: str) -> dict[str, str]:
    return {"HTTP_IF_NONE_MATCH": tag}


def test_the_whole_has_what_clients_and_caches_need() -> None:
    answer = Prepared(LONG, "e1-7", VARY).answer({})
    assert (answer.status, answer.body) == ("200 OK", LONG)
    assert dict(answer.headers) == {
        "Content-Type": "application/json",
        "Content-Length": str(len(LONG)),
        "ETag": '"e1-7"',
        "Cache-Control": "no-cache",
        "Vary": VARY,
    }


def test_gzip_holds_the_same_and_has_a_tag_of_its_own() -> None:
    answer = Prepared(LONG, "e1-7", VARY).answer(GZIP)
    assert gzip.decompress(answer.body) == LONG
    assert dict(answer.headers) == {
        "Content-Type": "application/json",
        "Content-Length": str(len(answer.body)),
        "ETag": '"e1-7-gzip"',
        "Cache-Control": "no-cache",
        "Vary": VARY,
        "Content-Encoding": "gzip",
    }


def test_gzip_is_made_once_and_not_before_somebody_wants_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed: list[bytes] = []
    pack = prepared.packed
    monkeypatch.setattr(prepared, "packed", lambda body: packed.append(body) or pack(body))
    answer = Prepared(LONG, "e1-7", VARY)
    answer.answer({})
    answer.answer(GZIP | has('"e1-7-gzip"'))
    assert packed == []
    found: list[bytes] = []
    askers = [
        threading.Thread(target=lambda: found.append(answer.answer(GZIP).body)) for _ in range(20)
    ]
    for each in askers:
        each.start()
    for each in askers:
        each.join(30)
    assert (len(packed), len(found), len(set(found))) == (1, 20, 1)


@pytest.mark.parametrize(
    ("length", "encoding"), [(MIN_GZIP_BYTES - 1, None), (MIN_GZIP_BYTES, "gzip")]
)
def test_what_fits_into_a_packet_stays_as_it_is(length: int, encoding: str | None) -> None:
    answer = Prepared(b"x" * length, "e1-7", VARY).answer(GZIP)
    assert dict(answer.headers).get("Content-Encoding") == encoding
    assert dict(answer.headers)["Vary"] == VARY


@pytest.mark.parametrize("environ", [{}, GZIP])
def test_who_has_it_gets_its_headers_and_no_body(environ: dict[str, str]) -> None:
    made = Prepared(LONG, "e1-7", VARY)
    tag = dict(made.answer(environ).headers)["ETag"]
    answer = made.answer(environ | has(tag))
    assert (answer.status, answer.body) == ("304 NOT MODIFIED", b"")
    assert dict(answer.headers) == {"ETag": tag, "Cache-Control": "no-cache", "Vary": VARY}


def test_who_has_the_other_form_gets_this_one() -> None:
    made = Prepared(LONG, "e1-7", VARY)
    assert made.answer(has('"e1-7-gzip"')).body == LONG
    assert gzip.decompress(made.answer(GZIP | has('"e1-7"')).body) == LONG


def test_a_shelf_has_one_answer_for_each_view_until_something_changes() -> None:
    made: list[Prepared] = []
    shelf = Shelf()

    def make() -> Prepared:
        made.append(Prepared(b"", str(len(made)), VARY))
        return made[-1]

    berlin = frozenset({"berlin"})
    first = [shelf.get(1, view, make) for view in (EVERYTHING, berlin, EVERYTHING, berlin)]
    assert first == [made[0], made[1]] * 2
    assert shelf.get(2, berlin, make) is made[2]
    # What is no longer the newest is not kept.
    assert list(shelf._held) == [berlin]


def test_views_without_end_do_not_fill_the_memory() -> None:
    shelf = Shelf()
    for number in range(3 * MAX_VIEWS):
        shelf.get(1, frozenset({str(number)}), lambda: Prepared(b"", "", VARY))
    assert len(shelf._held) == MAX_VIEWS
