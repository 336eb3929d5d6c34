"""Quotas: what is granted, what refusals cost, and what is forgotten."""

from collections.abc import Callable

import pytest

from controlplane.config import Limits
from controlplane.errors import ConfigError, TooFast
from controlplane.quotas import Quota
from controlplane.ratelimit import OF_SITE, MemoryStorage, RateLimiter


class Clock:
    """A time that only goes on when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("controlplane.ratelimit.time.monotonic", made)
    monkeypatch.setattr("controlplane.ratelimit.time.time", made)
    return made


async def granted(limiter: RateLimiter, times: int, after: Callable[[], None] = lambda: None, **who: str) -> int:
    """Try so often, and return how often it was granted."""
    count = 0
    for _ in range(times):
        try:
            await limiter.spend(Quota.JOIN, **who)
            count += 1
        except TooFast:
            pass
        after()
    return count


@pytest.fixture
def limiter(clock: Clock) -> RateLimiter:
    return RateLimiter(Limits(join="5/10 seconds per user, 8/10 seconds per address", strikes=2))


async def test_a_quota_is_granted_and_no_more(limiter: RateLimiter) -> None:
    assert await granted(limiter, 20, user="sara", address="a") == 5
    assert await granted(limiter, 20, user="ali", address="b") == 5


async def test_many_users_of_one_address_share_its_quota(limiter: RateLimiter) -> None:
    assert sum([await granted(limiter, 1, user=str(number), address="a") for number in range(20)]) == 8


async def test_a_refusal_says_when_there_is_room_again(limiter: RateLimiter, clock: Clock) -> None:
    await granted(limiter, 5, user="sara")
    clock.now += 4
    with pytest.raises(TooFast) as refused:
        await limiter.spend(Quota.JOIN, user="sara")
    assert refused.value.retry_after == pytest.approx(6)
    clock.now += 6.01
    assert await granted(limiter, 1, user="sara") == 1


async def test_an_attacker_at_a_hundred_times_the_quota_gets_no_more_than_it(
    limiter: RateLimiter, clock: Clock
) -> None:
    def later() -> None:
        clock.now += 0.02

    # 500 tries in each of 12 windows of ten seconds.
    assert await granted(limiter, 6000, later, user="eve") <= 5 * 12 * 1.1


async def test_going_on_against_refusals_costs_a_minute(limiter: RateLimiter, clock: Clock) -> None:
    await granted(limiter, 5 + 11, user="eve")
    clock.now += 11
    assert await granted(limiter, 1, user="eve") == 0
    with pytest.raises(TooFast) as refused:
        await limiter.spend(Quota.JOIN, user="eve")
    assert refused.value.retry_after == pytest.approx(49)
    clock.now += 50
    assert await granted(limiter, 1, user="eve") == 1


async def test_a_few_refusals_cost_nothing(limiter: RateLimiter, clock: Clock) -> None:
    await granted(limiter, 8, user="sara")
    clock.now += 10.1
    assert await granted(limiter, 5, user="sara") == 5


async def test_what_is_forgiven_is_free_again(limiter: RateLimiter) -> None:
    await granted(limiter, 5, user="sara", address="a")
    await limiter.forgive(Quota.JOIN, user="sara")
    assert await granted(limiter, 5, user="sara", address="a") == 3  # the address has its own count


async def test_memory_keeps_only_so_many_keys_and_none_that_is_over(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.ratelimit.MOST_KEYS", 500)
    storage = MemoryStorage()
    for number in range(600):
        await storage.acquire_entry(str(number), 5, 10)
    assert len(storage._entries) == 500
    clock.now += 11
    for _ in range(500):
        await storage.acquire_entry("one", 10**9, 10)
        await storage.incr("two", 10)
    assert len(storage._entries) == 2


@pytest.mark.parametrize(
    "text", ["", "5/minute", "5 per user", "often per user", "0/minute per user", "5/minute per x"]
)
def test_a_quota_that_cannot_be_read_is_an_error_at_start(text: str) -> None:
    with pytest.raises(ConfigError, match=r"limits\.join"):
        RateLimiter(Limits(join=text))


async def test_a_name_that_looks_like_part_of_a_key_is_no_other_ones(limiter: RateLimiter) -> None:
    await granted(limiter, 5 + 11, user="eve")
    for name in ("strikes/eve", "eve/strikes", "eve/5/10/second"):
        assert await granted(limiter, 9, user=name) == 5


async def test_every_default_quota_can_be_read_and_grants_something() -> None:
    limiter = RateLimiter(Limits())
    for quota in Quota:
        await limiter.spend(quota, user="sara", address="a", station="awaz", login="sara")


async def test_all_networks_of_one_ipv6_site_get_no_more_than_a_few_of_them_would(limiter: RateLimiter) -> None:
    one = await granted(limiter, 1000, address="2001:db8:1:1::/64")
    others = [await granted(limiter, one, address=f"2001:db8:1:{number:x}::/64") for number in range(2, 30)]
    assert one + sum(others) == one * OF_SITE
    assert await granted(limiter, one, address="2001:db8:2:1::/64") == one
