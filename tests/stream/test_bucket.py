from __future__ import annotations

from monserv.stream.bucket import TokenBucket


def test_a_full_bucket_gives_its_burst_and_no_more() -> None:
    bucket = TokenBucket(per_second=2, burst=3, now=0)

    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]


def test_it_refills_with_time() -> None:
    bucket = TokenBucket(per_second=2, burst=3, now=0)
    for _ in range(3):
        bucket.take(0)

    assert [bucket.take(0.4), bucket.take(0.5), bucket.take(0.5)] == [False, True, False]


def test_it_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(per_second=2, burst=3, now=0)

    assert [bucket.take(1000) for _ in range(4)] == [True, True, True, False]
