"""Rate limits: how often somebody may do something, counted outside the connection that did it.

In memory each count is a token bucket; with Redis, where several daemons share the counts, the `limits` library counts
in moving windows. Refused attempts have a price: after many of them everything of that quota is refused for a minute.
"""

import math
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

import limits
import structlog
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from controlplane.kernel.addresses import site_of
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import ConfigError, TooFast
from controlplane.kernel.quotas import Quota
from controlplane.kernel.token_bucket import Rate, TokenBucket
from controlplane.runtime.sections import LimitsSettings

log = structlog.get_logger()

Dimension = Literal["user", "address", "station", "login"]
Key = tuple[str, str, str, int]
"""Quota, dimension, who, and how many are allowed: a network and its site are counted apart."""
RULE = re.compile(r"\s*(?P<rate>.+?)\s+per\s+(?P<dimension>user|address|station|login)\s*")
PENALTY_S = 60
SITE_FACTOR = 8
"""Limit of an IPv6 site (/48), as a multiple of the limit of one of its networks (/64)."""
MAX_KEYS = 100_000
REDIS_TIMEOUT_S = 0.25
REDIS_RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A count and a time, per user, address, station or login."""

    item: limits.RateLimitItem
    dimension: Dimension

    def counts(self, who: str) -> list[tuple[limits.RateLimitItem, str]]:
        """Return the counters of a name: an IPv6 network counts for itself and for its site."""
        site = site_of(who) if self.dimension == "address" else None
        if site is None:
            return [(self.item, who)]
        wider = type(self.item)(self.item.amount * SITE_FACTOR, self.item.multiples, self.item.namespace)
        return [(self.item, who), (wider, site)]


def rates(settings: LimitsSettings) -> dict[Quota, str]:
    """Return every quota's rate, as its setting has it; raise ValueError naming a quota without a setting."""
    return {quota: _rate(settings, quota) for quota in Quota}


def _rate(settings: LimitsSettings, quota: Quota) -> str:
    if quota not in type(settings).model_fields:
        raise ValueError(f"limits.{quota}: the quota has no setting: add its default rate to LimitsSettings")
    return str(getattr(settings, quota))


def parse(quota: str, text: str) -> list[Rule]:
    """Read a quota's setting, `<count>/<time> per <dimension>, …`; raise ValueError naming what is wrong with it."""
    rules = []
    for part in text.split(","):
        match = RULE.fullmatch(part)
        if match is None:
            raise ValueError(f"limits.{quota}: {part.strip()!r} is not <count>/<time> per <user|address|station|login>")
        try:
            item = limits.parse(match["rate"])
        except ValueError:
            raise ValueError(f"limits.{quota}: {match['rate']!r} is not <count>/<time>, such as 5/minute") from None
        if item.amount < 1:
            raise ValueError(f"limits.{quota}: {match['rate']!r} must allow at least 1")
        rules.append(Rule(item, match["dimension"]))  # type: ignore[arg-type]  # the pattern allows no other
    return rules


@dataclass(slots=True)
class _Count:
    """One key's bucket, and the attempts refused since it was made; after `expires_at` it may be dropped."""

    bucket: TokenBucket
    refused: int = 0
    penalty_until: float = 0.0
    expires_at: float = 0.0


@dataclass(slots=True)
class MemoryCounts:
    """Counts in memory, by the monotonic clock; old keys are dropped as new ones come."""

    penalty_after: int
    clock: Clock = SYSTEM_CLOCK
    max_keys: int = MAX_KEYS
    _counts: dict[Key, _Count] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._counts)

    def take(self, item: limits.RateLimitItem, key: Key) -> float:
        """Count one use and return 0, or how many seconds to wait."""
        now, window_s = self.clock.monotonic_s(), item.get_expiry()
        count = self._counts.pop(key, None)
        if count is None or count.expires_at <= now:
            count = _Count(TokenBucket(Rate(item.amount / window_s, item.amount)))
        self._drop_old(now)
        self._counts[key] = count
        if now < count.penalty_until and count.refused > self.penalty_after * item.amount:
            return count.penalty_until - now
        wait_s = count.bucket.take(now)
        if wait_s and _has_penalty(key[1]):
            self._note_refusal(count, now, max(PENALTY_S, window_s))
        count.expires_at = max(count.bucket.full_at, count.penalty_until)
        return wait_s

    def clear(self, item: limits.RateLimitItem, key: Key) -> None:
        """Forget what was counted for a key, but not the refused attempts."""
        if key in self._counts:
            self._counts[key].bucket = TokenBucket(Rate(item.amount / item.get_expiry(), item.amount))

    @staticmethod
    def _note_refusal(count: _Count, now: float, penalty_s: float) -> None:
        if now >= count.penalty_until:
            count.refused, count.penalty_until = 0, now + penalty_s
        count.refused += 1

    def _drop_old(self, now: float) -> None:
        for key in [key for key, _ in zip(self._counts, range(2), strict=False)]:
            if self._counts[key].expires_at <= now or len(self._counts) >= self.max_keys:
                del self._counts[key]


class RateLimiter:
    """Counts uses against the quotas, shared through Redis where it is set."""

    def __init__(self, settings: LimitsSettings, clock: Clock = SYSTEM_CLOCK, quotas: Iterable[Quota] = Quota) -> None:
        problems = []
        self._rules: dict[Quota, list[Rule]] = {}
        for quota in quotas:
            try:
                self._rules[quota] = parse(quota, _rate(settings, quota))
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise ConfigError(problems)
        self.memory = MemoryCounts(settings.penalty_after, clock)
        self._clock = clock
        self._penalty_after = settings.penalty_after
        self._pool = _pool(settings.redis_url) if settings.redis_url else None
        self._redis = None
        if self._pool is not None:
            url = f"async+{settings.redis_url}"
            self._redis = RedisStorage(url, implementation="redispy", connection_pool=self._pool)  # type: ignore[arg-type]  # the library's documented option
        self._redis_after = 0.0

    async def spend(self, quota: Quota, **who: str) -> None:
        """Count one use for each `user=`, `address=`, `station=` or `login=`; raise TooFast if one is over its limit.

        Refused attempts stay counted for those that had room, and cost the one that had not.
        """
        if self._redis is not None and self._clock.monotonic_s() >= self._redis_after:
            try:
                await self._spend_shared(self._redis, quota, who)
            except (RedisError, OSError, TimeoutError) as error:
                # Each daemon by itself still limits; a wait for Redis would stop everybody.
                log.warning("redis_unreachable", reason=str(error), fallback="memory")
                self._redis_after = self._clock.monotonic_s() + REDIS_RETRY_S
            else:
                return
        for item, dimension, name in self._counted(quota, who):
            wait_s = self.memory.take(item, (quota, dimension, name, item.amount))
            if wait_s:
                raise _too_fast(wait_s)

    async def forgive(self, quota: Quota, **who: str) -> None:
        """Forget what was counted for those named."""
        for rule in self._rules[quota]:
            if rule.dimension not in who:
                continue
            name = who[rule.dimension]
            self.memory.clear(rule.item, (quota, rule.dimension, name, rule.item.amount))
            if self._redis is not None:
                try:
                    await self._redis.clear(rule.item.key_for(*_names(quota, rule.dimension, name)))
                except (RedisError, OSError, TimeoutError) as error:
                    log.info("quota_not_cleared", reason=str(error))

    async def close(self) -> None:
        """Close the connection to Redis, if there is one."""
        if self._pool is not None:
            await self._pool.aclose()

    def _counted(self, quota: Quota, who: Mapping[str, str]) -> list[tuple[limits.RateLimitItem, str, str]]:
        return [
            (item, rule.dimension, name)
            for rule in self._rules[quota]
            if rule.dimension in who
            for item, name in rule.counts(who[rule.dimension])
        ]

    async def _spend_shared(self, store: RedisStorage, quota: Quota, who: Mapping[str, str]) -> None:
        limiter = MovingWindowRateLimiter(store)
        for item, dimension, name in self._counted(quota, who):
            names = _names(quota, dimension, name)
            refused = item.key_for("refused", *names)
            if await store.get(refused) > self._penalty_after * item.amount:
                raise _too_fast(await store.get_expiry(refused) - time.time())
            if not await limiter.hit(item, *names):
                if _has_penalty(dimension):
                    await store.incr(refused, max(PENALTY_S, item.get_expiry()))
                free = await limiter.get_window_stats(item, *names)
                raise _too_fast(free.reset_time - time.time())


def _has_penalty(dimension: str) -> bool:
    """Say whether refused attempts have a price: not for a station, where others would pay it."""
    return dimension != "station"


def _names(quota: Quota, dimension: str, who: str) -> tuple[str, str, str]:
    # Encoded, since the library joins the parts of a key with slashes, and this part comes from outside.
    return quota, dimension, quote(who, safe="")


def _too_fast(seconds: float) -> TooFast:
    wait = max(0.1, seconds)
    return TooFast(f"too many attempts: try again in {_seconds(math.ceil(wait))}", wait)


def _seconds(count: int) -> str:
    return "1 second" if count == 1 else f"{count} seconds"


def _pool(url: str) -> ConnectionPool:
    try:
        return ConnectionPool.from_url(url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S)
    except ValueError as error:
        raise ConfigError([f"limits.redis_url: {error}"]) from error
