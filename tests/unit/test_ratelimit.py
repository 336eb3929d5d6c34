"""Rate limits: quotas, penalties, and bounded memory."""

from collections.abc import Callable
from typing import cast

import pytest

from controlplane.access.ratelimit import SITE_FACTOR, RateLimiter
from controlplane.kernel.errors import ConfigError, TooFast
from controlplane.kernel.quotas import Quota
from controlplane.runtime.sections import LimitsSettings
from tests.support.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def granted(limiter: RateLimiter, times: int, after: Callable[[], None] = lambda: None, **subject: str) -> int:
    """Spend a quota a number of times; return how many were granted."""
    count = 0
    for _ in range(times):
        try:
            await limiter.spend(Quota.JOIN, **subject)
            count += 1
        except TooFast:
            pass
        after()
    return count


JOIN = "5/10 seconds per user, 8/10 seconds per address, 5/10 seconds per station"


@pytest.fixture
def limiter(clock: ManualClock) -> RateLimiter:
    return RateLimiter(LimitsSettings(join=JOIN, penalty_after=2), clock)


async def test_each_user_gets_the_whole_quota_and_no_more(limiter: RateLimiter) -> None:
    assert await granted(limiter, 20, user="sara", address="a") == 5
    assert await granted(limiter, 20, user="ali", address="b") == 5


async def test_users_of_one_address_share_its_quota(limiter: RateLimiter) -> None:
    assert sum([await granted(limiter, 1, user=str(number), address="a") for number in range(20)]) == 8


async def test_a_refusal_carries_the_time_until_the_next_grant(limiter: RateLimiter, clock: ManualClock) -> None:
    await granted(limiter, 5, user="sara")
    clock.advance(1.5)
    with pytest.raises(TooFast) as refused:
        await limiter.spend(Quota.JOIN, user="sara")
    assert refused.value.retry_after == pytest.approx(0.5)
    clock.advance(0.51)
    assert await granted(limiter, 2, user="sara") == 1


async def test_an_attacker_gets_no_more_than_the_quota(limiter: RateLimiter, clock: ManualClock) -> None:
    def advance() -> None:
        clock.advance(0.02)

    # 500 tries in each of 12 windows of ten seconds.
    assert await granted(limiter, 6000, advance, user="eve") <= 5 * 12 * 1.1


async def test_continuing_after_refusals_costs_a_minute_of_penalty(limiter: RateLimiter, clock: ManualClock) -> None:
    await granted(limiter, 5 + 11, user="eve")
    clock.advance(11)
    assert await granted(limiter, 1, user="eve") == 0
    with pytest.raises(TooFast) as refused:
        await limiter.spend(Quota.JOIN, user="eve")
    assert refused.value.retry_after == pytest.approx(49)
    clock.advance(50)
    assert await granted(limiter, 1, user="eve") == 1


async def test_a_crowd_at_a_station_brings_no_penalty_to_those_who_come_later(
    limiter: RateLimiter, clock: ManualClock
) -> None:
    await granted(limiter, 500, station="awaz")
    clock.advance(10.1)
    assert await granted(limiter, 5, station="awaz") == 5


async def test_a_few_refusals_bring_no_penalty(limiter: RateLimiter, clock: ManualClock) -> None:
    await granted(limiter, 8, user="sara")
    clock.advance(10.1)
    assert await granted(limiter, 5, user="sara") == 5


async def test_forgiving_restores_the_quota_of_a_user(limiter: RateLimiter) -> None:
    await granted(limiter, 5, user="sara", address="a")
    await limiter.forgive(Quota.JOIN, user="sara")
    assert await granted(limiter, 5, user="sara", address="a") == 3  # the address has its own count


async def test_memory_is_bounded_and_drops_expired_keys(limiter: RateLimiter, clock: ManualClock) -> None:
    limiter.memory.max_keys = 500
    for number in range(600):
        await granted(limiter, 1, user=str(number))
    assert len(limiter.memory) == 500
    clock.advance(11)
    for _ in range(500):
        await granted(limiter, 1, user="one")
    assert len(limiter.memory) == 1


@pytest.mark.parametrize(
    "text", ["", "5/minute", "5 per user", "often per user", "0/minute per user", "5/minute per x"]
)
def test_an_invalid_quota_is_a_configuration_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"limits\.join"):
        RateLimiter(LimitsSettings(join=text))


def test_a_quota_without_a_setting_is_named() -> None:
    with pytest.raises(ConfigError, match=r"limits\.dedication: the quota has no setting"):
        RateLimiter(LimitsSettings(), quotas=cast("list[Quota]", ["dedication"]))


async def test_user_names_that_resemble_keys_do_not_collide(limiter: RateLimiter) -> None:
    await granted(limiter, 5 + 11, user="eve")
    for name in ("refused/eve", "eve/refused", "eve/5/10/second"):
        assert await granted(limiter, 9, user=name) == 5


async def test_every_default_quota_is_valid_and_grants_requests() -> None:
    limiter = RateLimiter(LimitsSettings())
    for quota in Quota:
        await limiter.spend(quota, user="sara", address="a", station="awaz", login="sara")


async def test_an_ipv6_site_gets_the_quota_of_a_few_networks(limiter: RateLimiter) -> None:
    first = await granted(limiter, 1000, address="2001:db8:1:1::/64")
    others = [await granted(limiter, first, address=f"2001:db8:1:{number:x}::/64") for number in range(2, 30)]
    assert first + sum(others) == first * SITE_FACTOR
    assert await granted(limiter, first, address="2001:db8:2:1::/64") == first
