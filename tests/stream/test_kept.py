"""What is made once is not made again while somebody may still ask for it."""

from __future__ import annotations

from monserv.stream.kept import Kept


def counting() -> tuple[Kept, list[bytes]]:
    asked: list[bytes] = []
    return Kept(lambda payload: asked.append(payload) or payload * 2), asked


def test_a_payload_is_made_into_something_once() -> None:
    kept, asked = counting()
    payload = b"x" * 1000

    assert [kept.of(payload) for _ in range(3)] == [payload * 2] * 3
    assert kept.of(payload) is kept.of(payload)
    assert asked == [payload]


def test_a_few_are_known_and_the_oldest_is_forgotten_first() -> None:
    kept, asked = counting()
    payloads = [b"%d" % number for number in range(100, 109)]
    for payload in payloads:
        kept.of(payload)
    for payload in payloads[1:]:
        kept.of(payload)
    assert asked == payloads

    kept.of(payloads[0])
    assert asked == [*payloads, payloads[0]]


def test_of_large_ones_the_newest_alone_is_kept() -> None:
    kept, asked = counting()
    first, second = (bytes([number]) * 1_000_000 for number in range(2))
    for payload in (first, second, second, first):
        kept.of(payload)

    assert [payload[0] for payload in asked] == [0, 1, 0]
