"""The token bucket: burst and rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.kernel.token_bucket import Rate, TokenBucket


def test_a_full_bucket_grants_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(Rate(per_second=2.0, burst=3.0))
    assert [bucket.take(100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(100.0) == pytest.approx(0.5)
    assert bucket.take(100.5) == 0.0
    assert bucket.take(100.5) > 0


def test_a_refusal_takes_no_token() -> None:
    bucket = TokenBucket(Rate(per_second=1.0, burst=1.0))
    bucket.take(0.0)
    waits = [bucket.take(0.25) for _ in range(100)]
    assert waits == [pytest.approx(0.75)] * 100
    assert bucket.take(1.0) == 0.0


def test_a_bucket_does_not_fill_beyond_its_burst() -> None:
    bucket = TokenBucket(Rate(per_second=10.0, burst=2.0))
    assert [bool(bucket.take(1000.0)) for _ in range(4)] == [False, False, True, True]


@given(
    st.floats(min_value=0.1, max_value=1000),
    st.integers(min_value=1, max_value=1000),
    st.lists(st.floats(min_value=0, max_value=5), max_size=200),
)
def test_grants_never_exceed_the_burst_plus_the_rate(rate: float, burst: int, pauses: list[float]) -> None:
    bucket, now, granted = TokenBucket(Rate(rate, burst)), 0.0, 0
    for pause in pauses:
        now += pause
        granted += not bucket.take(now)
    assert granted <= burst + rate * now + 1e-6
