"""Quotas that several daemons share, in a real Redis, and what happens when it is gone or does not answer."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from controlplane.config import Limits
from controlplane.errors import ConfigError, TooFast
from controlplane.quotas import Quota
from controlplane.ratelimit import RateLimiter
from tests.instruments.redis import Redis


@pytest.fixture
def redis() -> Iterator[Redis]:
    running = Redis.start()
    yield running
    running.stop()


@pytest.fixture
async def limiters(redis: Redis) -> AsyncIterator[list[RateLimiter]]:
    """Those of two daemons."""
    settings = Limits(redis_url=redis.url, join="5/minute per user, 50/minute per address", strikes=2)
    async with AsyncExitStack() as stack:
        made = [RateLimiter(settings) for _ in range(2)]
        for limiter in made:
            stack.push_async_callback(limiter.close)
        yield made


async def granted(limiter: RateLimiter, times: int, user: str = "eve") -> int:
    count = 0
    for _ in range(times):
        try:
            await limiter.spend(Quota.JOIN, user=user, address="a")
            count += 1
        except TooFast:
            continue
    return count


async def test_two_daemons_share_a_quota(limiters: list[RateLimiter]) -> None:
    first, second = limiters
    assert [await granted(first, 3), await granted(second, 3), await granted(first, 3)] == [3, 2, 0]
    await second.forgive(Quota.JOIN, user="eve")
    assert await granted(first, 9) == 5


async def test_going_on_against_refusals_costs_at_every_daemon(limiters: list[RateLimiter]) -> None:
    first, second = limiters
    await granted(first, 5 + 11)
    await first.forgive(Quota.JOIN, user="eve")
    assert await granted(second, 1) == 0


async def test_a_redis_that_is_gone_or_frozen_holds_nobody_up_and_each_daemon_still_limits(
    limiters: list[RateLimiter], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = limiters
    monkeypatch.setattr("controlplane.ratelimit.REDIS_PAUSE_S", 0.5)
    await granted(first, 1, "sara")
    redis.freeze()
    began = time.monotonic()
    assert await granted(first, 9) == 5
    assert time.monotonic() - began < 1.0
    redis.stop()
    assert await granted(second, 9) == 5
    again = Redis.start(redis.port)
    try:
        await _until_shared(first, second)
    finally:
        again.stop()


async def _until_shared(first: RateLimiter, second: RateLimiter) -> None:
    """Wait until what one daemon counts is known to the other."""
    deadline = time.monotonic() + 10
    number = 0
    while time.monotonic() < deadline:
        number += 1
        if (await granted(first, 5, f"u{number}"), await granted(second, 1, f"u{number}")) == (5, 0):
            return
    raise AssertionError("the daemons do not share their counts again")


def test_an_address_that_is_no_redis_is_an_error_at_start() -> None:
    with pytest.raises(ConfigError, match=r"limits\.redis_url"):
        RateLimiter(Limits(redis_url="http://127.0.0.1"))
