from __future__ import annotations

from monserv.db.fitting import PAGE_BYTES, ROW_BYTES, fitted


def pages(texts: dict[int, bytes], order: list[int]) -> int:
    """Return how many pages a table takes that only grows at its end."""
    count, left = 0, 0
    for number in order:
        taken = len(texts[number]) + ROW_BYTES
        if taken > left:
            count, left = count + 1, PAGE_BYTES
        left -= taken
    return count


def test_blocks_in_that_order_fill_their_pages() -> None:
    sizes = (956, 460, 1370, 21, 26, 21)
    texts = {number: bytes(sizes[number % 6]) for number in range(180)}
    least = sum(len(text) + ROW_BYTES for text in texts.values()) / PAGE_BYTES
    order = fitted(texts)
    assert sorted(order) == sorted(texts)
    assert pages(texts, order) <= 1.1 * least < 0.9 * pages(texts, list(texts))


def test_nothing_and_what_is_larger_than_a_page_have_an_order_too() -> None:
    assert fitted({}) == []
    assert sorted(fitted({1: bytes(9000), 2: bytes(9000), 3: b""})) == [1, 2, 3]
