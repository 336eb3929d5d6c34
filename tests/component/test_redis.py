"""Quotas shared by daemons in a real Redis, also while it is frozen or gone."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from controlplane.access.ratelimit import REDIS_RETRY_S, RateLimiter
from controlplane.kernel.errors import ConfigError, TooFast
from controlplane.kernel.quotas import Quota
from controlplane.runtime.sections import LimitsSettings
from tests.support.clock import ManualClock
from tests.support.redis import Redis


@pytest.fixture
def redis() -> Iterator[Redis]:
    started = Redis.start()
    yield started
    started.stop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def limiters(redis: Redis, clock: ManualClock) -> AsyncIterator[list[RateLimiter]]:
    """The rate limiters of two daemons."""
    settings = LimitsSettings(redis_url=redis.url, join="5/minute per user, 50/minute per address", penalty_after=2)
    async with AsyncExitStack() as stack:
        created = [RateLimiter(settings, clock) for _ in range(2)]
        for limiter in created:
            stack.push_async_callback(limiter.close)
        yield created


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


async def test_penalties_apply_at_every_daemon(limiters: list[RateLimiter]) -> None:
    first, second = limiters
    await granted(first, 5 + 11)
    await first.forgive(Quota.JOIN, user="eve")
    assert await granted(second, 1) == 0


async def test_daemons_keep_limiting_while_redis_is_frozen_or_gone(
    limiters: list[RateLimiter], redis: Redis, clock: ManualClock
) -> None:
    first, second = limiters
    await granted(first, 1, "sara")
    redis.freeze()
    began = time.monotonic()
    assert await granted(first, 9) == 5
    assert time.monotonic() - began < 1.0
    redis.stop()
    assert await granted(second, 9) == 5
    restarted = Redis.start(redis.port)
    try:
        clock.advance(REDIS_RETRY_S)
        assert (await granted(first, 5, "again"), await granted(second, 1, "again")) == (5, 0)
    finally:
        restarted.stop()


def test_a_url_of_another_scheme_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match=r"limits\.redis_url"):
        RateLimiter(LimitsSettings(redis_url="http://127.0.0.1"))
