"""The browsers that asked for a station, and the notification when it goes live."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx
import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import push as table
from controlplane.db.engine import reading, writing
from controlplane.db.push import Subscription
from controlplane.features.onair.state import Broadcast, Started, Stopped
from controlplane.features.push import rules
from controlplane.features.push.sender import DELIVERED_WITHIN_S, PushSender
from controlplane.features.push.sender import client as push_client
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, Upstream
from controlplane.kernel.stations import StationRow

log = structlog.get_logger()

MAX_SUBSCRIPTIONS = 50_000
PAGE, PAGES_AT_ONCE = 500, 20
MAX_WAITING = 1000
"""Stations that go live at the same time, and whose listeners are still to be told."""


@dataclass(slots=True)
class Push:
    """The one door to subscriptions. `page_url` returns the address of a station's page."""

    engine: AsyncEngine
    sender: PushSender
    clock: Clock
    page_url: Callable[[str], str]
    _waiting: asyncio.Queue[tuple[StationRow, Broadcast]] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING))
    _on_air_until: dict[str, float] = field(default_factory=dict)
    """When a station was last known to have a host, in seconds of the monotonic clock."""
    _on_air: dict[str, str] = field(default_factory=dict)
    """The broadcast of each station that has a host, or a recording."""

    async def subscribe(self, station: StationRow, subscription: Subscription) -> None:
        """Tell a browser from now on; raise Conflict if the station has as many as may be."""
        async with writing(self.engine) as connection:
            if await table.count(connection, station.id) >= MAX_SUBSCRIPTIONS:
                raise Conflict(f"as many as may are told of this station: {MAX_SUBSCRIPTIONS}")
            await table.add(connection, station.id, subscription, self.clock.now_ms())

    async def unsubscribe(self, station: StationRow, subscription_id: str) -> None:
        """Tell a browser no more; nothing happens if it is not there."""
        async with writing(self.engine) as connection:
            await table.remove(connection, station.id, [subscription_id])

    def take(self, station: StationRow, event: Started | Stopped) -> None:
        """Have listeners told of a broadcast that begins, if hosts have been away for a while."""
        if event.broadcast.kind == "autodj":
            return
        now = self.clock.monotonic_s()
        before = self._on_air_until.get(station.id)
        self._on_air_until[station.id] = now
        if isinstance(event, Started):
            self._on_air[station.id] = event.broadcast.id
        elif self._on_air.get(station.id) == event.broadcast.id:
            del self._on_air[station.id]
        is_news = isinstance(event, Started) and (before is None or now - before >= rules.QUIET_S)
        if is_news and not self._waiting.full():
            self._waiting.put_nowait((station, event.broadcast))

    async def run(self) -> None:
        """Tell listeners until cancelled, those of several stations side by side."""
        async with push_client() as client, asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._tell(client, *await self._waiting.get()))

    async def _tell(self, client: httpx.AsyncClient, station: StationRow, broadcast: Broadcast) -> None:
        try:
            async with asyncio.timeout(DELIVERED_WITHIN_S):
                await self._tell_all(client, station, broadcast)
        except* (Upstream, TimeoutError) as group:
            reason = str(group.exceptions[0]) or type(group.exceptions[0]).__name__
            log.warning("listeners_not_pushed", station=station.slug, reason=reason)
        except* Exception:  # tasks of one group end together: a fault of ours must not silence the other stations
            log.exception("listeners_not_pushed", station=station.slug)

    async def _tell_all(self, client: httpx.AsyncClient, station: StationRow, broadcast: Broadcast) -> None:
        # Browsers that are not reached before the end of a show are not told of it.
        def is_news() -> bool:
            return self._on_air.get(station.id) == broadcast.id

        async def tell(page: Sequence[Subscription]) -> int:
            async with turns:
                messages = [(each, self._message(station, broadcast, each)) for each in page]
                gone = await self.sender.send(client, messages, is_news)
            if gone:
                async with writing(self.engine) as connection:
                    await table.remove(connection, station.id, gone)
            return len(page) - len(gone)

        # Side by side: those of a push service that does not answer are in each page.
        turns, after, told = asyncio.Semaphore(PAGES_AT_ONCE), "", list[asyncio.Task[int]]()
        async with asyncio.TaskGroup() as group:
            while is_news():
                async with turns, reading(self.engine) as connection:
                    found = await table.page(connection, station.id, after, PAGE)
                if not found:
                    break
                told.append(group.create_task(tell(found)))
                after = found[-1].id
        if told:
            log.info("listeners_pushed", station=station.slug, browsers=sum(task.result() for task in told))

    def _message(self, station: StationRow, broadcast: Broadcast, subscription: Subscription) -> bytes:
        """Return what the page's service worker (`push-worker.js`) reads; push services carry 4 kB."""
        message = {
            "station": station.slug,
            "name": station.name,
            "title": broadcast.title or broadcast.show or "",
            "host": broadcast.host or "",
            "url": self.page_url(station.slug),
            "language": subscription.language or station.language,
        }
        return orjson.dumps(message)
