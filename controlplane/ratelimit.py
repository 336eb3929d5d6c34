"""Quotas: how often somebody may do something, counted outside the connection that did it.

The `limits` library decides, on moving windows, with Redis or our memory below it. Refused attempts cost: who goes on
against a refusal for long is refused everything of that quota for a minute.
"""

import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import limits
import structlog
from limits.aio.storage import MovingWindowSupport, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from controlplane.addresses import site_of
from controlplane.config import Limits
from controlplane.errors import ConfigError, TooFast
from controlplane.quotas import Quota

log = structlog.get_logger()

Dimension = Literal["user", "address", "station", "login"]
RULE = re.compile(r"\s*(?P<rate>.+?)\s+per\s+(?P<dimension>user|address|station|login)\s*")
STRIKE_WINDOW_S = 60
OF_SITE = 8
"""So many times what one IPv6 network (/64) may, all of its site (/48) may together."""
MOST_KEYS = 100_000
REDIS_TIMEOUT_S = 0.25
REDIS_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Rule:
    """So many in a time, per user, address, station or login."""

    item: limits.RateLimitItem
    dimension: Dimension

    def counts(self, who: str) -> list[tuple[limits.RateLimitItem, str]]:
        """Return what is counted for somebody, and as whom: an IPv6 network, and with it all of its site."""
        site = site_of(who) if self.dimension == "address" else None
        if site is None:
            return [(self.item, who)]
        wider = type(self.item)(self.item.amount * OF_SITE, self.item.multiples, self.item.namespace)
        return [(self.item, who), (wider, site)]


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
            raise ValueError(f"limits.{quota}: {match['rate']!r} would never allow anything")
        rules.append(Rule(item, match["dimension"]))  # type: ignore[arg-type]  # the pattern allows no other
    return rules


class MemoryStorage(Storage, MovingWindowSupport):
    """Counts in memory, by the monotonic clock.

    The library's own storage looks through all its keys, a thread each, again and again while anything is counted: with
    5,000 keys it took nine tenths of a core at 100 counts a second. This one drops old keys as new ones come.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, tuple[float, deque[float]]] = {}

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What a failing store raises: this one does not."""
        return ()

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` if that keeps to `limit` within `expiry` seconds; say whether it did."""
        now = time.monotonic()
        window = self._window(key, now, expiry)
        while window and window[0] <= now - expiry:
            window.popleft()
        if len(window) + amount > limit:
            return False
        window.extend([now] * amount)
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - the library's signature
        """Return when the oldest entry of the window was counted, in wall-clock time, and how many there are."""
        now = time.monotonic()
        entries = [at for at in self._entries.get(key, (0.0, ()))[1] if at > now - expiry]
        return time.time() - (now - entries[0] if entries else 0.0), len(entries)

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in a window that begins with its first entry, and return how many there are."""
        window = self._fixed(key, time.monotonic(), expiry)
        window.extend([time.monotonic()] * amount)
        return len(window)

    async def get(self, key: str) -> int:
        """Return a fixed window's count."""
        until, window = self._entries.get(key, (0.0, deque[float]()))
        return len(window) if until > time.monotonic() else 0

    async def get_expiry(self, key: str) -> float:
        """Return when a fixed window ends, in wall-clock time."""
        return time.time() + max(0.0, self._entries.get(key, (0.0, None))[0] - time.monotonic())

    async def check(self) -> bool:
        """Say that memory is there."""
        return True

    async def reset(self) -> int | None:
        """Forget everything."""
        count = len(self._entries)
        self._entries.clear()
        return count

    async def clear(self, key: str) -> None:
        """Forget a key."""
        self._entries.pop(key, None)

    def _window(self, key: str, now: float, expiry: float) -> deque[float]:
        _, window = self._entries.pop(key, (0.0, deque[float]()))
        self._prune(now)
        self._entries[key] = now + expiry, window
        return window

    def _fixed(self, key: str, now: float, expiry: float) -> deque[float]:
        if self._entries.get(key, (0.0, None))[0] <= now:
            self._entries.pop(key, None)
            self._prune(now)
            self._entries[key] = now + expiry, deque()
        return self._entries[key][1]

    def _prune(self, now: float) -> None:
        for key in [key for _, key in zip(range(2), self._entries, strict=False)]:
            if self._entries[key][0] <= now or len(self._entries) >= MOST_KEYS:
                del self._entries[key]


class RateLimiter:
    """The one door to the quotas."""

    def __init__(self, settings: Limits) -> None:
        problems = []
        self._rules: dict[Quota, list[Rule]] = {}
        for quota in Quota:
            try:
                self._rules[quota] = parse(quota, getattr(settings, quota))
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise ConfigError(problems)
        self._strikes = settings.strikes
        self._memory = MemoryStorage()
        self._pool = _pool(settings.redis_url) if settings.redis_url else None
        self._redis = None
        if self._pool is not None:
            url = f"async+{settings.redis_url}"
            self._redis = RedisStorage(url, implementation="redispy", connection_pool=self._pool)  # type: ignore[arg-type]  # the library's documented option
        self._redis_after = 0.0

    async def spend(self, quota: Quota, **who: str) -> None:
        """Count one use for everybody named (`user=`, `address=`, `station=`, `login=`); raise TooFast if one is over.

        Refused attempts stay counted for those that had room, and cost the one that had not.
        """
        if self._redis is not None and time.monotonic() >= self._redis_after:
            try:
                await self._spend(self._redis, quota, who)
            except (RedisError, OSError, TimeoutError) as error:
                # Each daemon by itself still limits; a wait for Redis would stop everybody.
                log.warning("quotas are counted in memory for now: Redis does not answer", reason=str(error))
                self._redis_after = time.monotonic() + REDIS_PAUSE_S
            else:
                return
        await self._spend(self._memory, quota, who)

    async def forgive(self, quota: Quota, **who: str) -> None:
        """Forget what was counted for those named."""
        stores: list[Storage] = [self._memory, *([self._redis] if self._redis is not None else [])]
        for rule in self._rules[quota]:
            if rule.dimension in who:
                for store in stores:
                    try:
                        await store.clear(rule.item.key_for(*_names(quota, rule, who[rule.dimension])))
                    except (RedisError, OSError, TimeoutError) as error:
                        log.info("a quota was not freed in Redis", reason=str(error))

    async def close(self) -> None:
        """Close the connection to Redis, if there is one."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _spend(self, store: Storage, quota: Quota, who: Mapping[str, str]) -> None:
        limiter = MovingWindowRateLimiter(store)
        for rule in self._rules[quota]:
            if rule.dimension not in who:
                continue
            for item, counted in rule.counts(who[rule.dimension]):
                names = _names(quota, rule, counted)
                strikes = item.key_for("strikes", *names)
                if await store.get(strikes) > self._strikes * item.amount:
                    raise _too_fast(quota, await store.get_expiry(strikes) - time.time())
                if not await limiter.hit(item, *names):
                    await store.incr(strikes, max(STRIKE_WINDOW_S, item.get_expiry()))
                    free = await limiter.get_window_stats(item, *names)
                    raise _too_fast(quota, free.reset_time - time.time())


def _names(quota: Quota, rule: Rule, who: str) -> tuple[str, str, str]:
    # Encoded, since the library joins the parts of a key with slashes, and this part is a stranger's.
    return quota, rule.dimension, quote(who, safe="")


def _too_fast(quota: Quota, seconds: float) -> TooFast:
    wait = max(0.1, seconds)
    return TooFast(f"too many in a short time ({quota}): try again in {wait:.0f} s", wait)


def _pool(url: str) -> ConnectionPool:
    try:
        return ConnectionPool.from_url(url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S)
    except ValueError as error:
        raise ConfigError([f"limits.redis_url: {error}"]) from error
