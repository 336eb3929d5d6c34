"""The poller: fetches /admin/stats when asked to, and passes each station's mounts to OnAir."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sources.meter import Meter
from controlplane.features.onair.state import IcecastSilent, Mount, MountsSeen
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.parse import Stats
from controlplane.icecast.titler import Titler
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Upstream
from controlplane.kernel.mounts import ingest_mounts, offair_mounts, public_mount, public_mounts
from controlplane.runtime.cpu_time import CpuTimed
from controlplane.runtime.metrics import Metrics

log = structlog.get_logger()

INSPECTIONS_PER_POLL = 5
"""Mounts whose client lists are fetched in one poll, so that a storm of listeners does not become one of requests."""

INSPECTION_INTERVAL_S = 30.0
"""How long a relay that took the place of as many listeners may be counted as listeners."""

STATIONS_PER_SLICE = 50
"""Stations that are handled before other tasks have a turn."""

MAX_CPU_SHARE = 0.05
"""Polling takes at most this share of one core, however often the feed asks for it."""


@dataclass(slots=True)
class Poller:
    """Polls when asked, and keeps the newest statistics."""

    client: IcecastClient
    onair: OnAir
    titler: Titler
    metrics: Metrics
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    connections: Callable[[str], int] = lambda _slug: 0
    """How many of a station's listeners are the daemon's own connections."""
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _answering: bool | None = None
    _newest: Stats | None = None
    _meter: Meter = field(default_factory=Meter)
    _inspected: dict[str, tuple[int, float]] = field(default_factory=dict)
    _not_listeners: dict[str, int] = field(default_factory=dict)
    _unreadable: frozenset[str] = frozenset()

    def ask(self) -> None:
        """Ask for a poll now; asking twice before it runs makes one."""
        self._asked.set()

    @property
    def answering(self) -> bool:
        """Whether Icecast answered the last poll."""
        return self._answering is True

    @property
    def newest(self) -> Stats | None:
        """The statistics of the last poll that was answered."""
        return self._newest

    def kbps(self, mount: str) -> int:
        """Return a mount's bitrate in kbit/s, 0 until it is measured."""
        return self._meter.kbps(mount)

    async def run(self) -> None:
        """Poll whenever asked, until cancelled, pausing after each poll in proportion to the processor time it took."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            began = self.clock.monotonic_s()
            poll = CpuTimed(self.poll())
            await poll
            self.metrics.polls.inc()
            self.metrics.poll_cpu.inc(poll.cpu_s)
            await self.sleep(began + poll.cpu_s / MAX_CPU_SHARE - self.clock.monotonic_s())

    async def poll(self) -> None:
        """Poll once."""
        asked = self.clock.monotonic_s()
        try:
            stats = await self.client.stats()
        except Upstream as error:
            if self._answering is not False:
                log.warning("icecast_unreachable", reason=str(error))
            self._answering = False
            self.onair.observe_all(lambda _slug: IcecastSilent())
            return
        if not self._answering:
            log.info("icecast_reachable", mounts=len(stats.mounts))
        for mount in stats.unreadable - self._unreadable:
            log.warning("mount_unreadable", mount=mount)
        self._answering, self._newest, self._unreadable = True, stats, stats.unreadable
        self._meter.read(stats, self.clock.monotonic_s())
        for number, slug in enumerate(self.onair.slugs()):
            if number % STATIONS_PER_SLICE == STATIONS_PER_SLICE - 1:
                await asyncio.sleep(0)
            self._observe(slug, stats, asked)
        await self._inspect(stats)

    def _observe(self, slug: str, stats: Stats, asked: float) -> None:
        for mount in public_mounts(slug):
            public = stats.mounts.get(mount)
            if public is not None:
                self.titler.arrived(mount, public.instance)
                self.titler.found(mount, public.title, asked)
        self.onair.observe(slug, self._mounts(slug, stats))

    def _mounts(self, slug: str, stats: Stats) -> MountsSeen:
        public = public_mount(slug)
        ingest, second = (self._mount(stats, mount, [mount]) for mount in ingest_mounts(slug))
        waiting = [stats.mounts[mount].listeners for mount in offair_mounts(slug) if mount in stats.mounts]
        return MountsSeen(
            ingest,
            # Whether it has a source, its bitrate and its title are those of the MP3 mount, which is always there.
            self._mount(stats, public, public_mounts(slug)),
            sum(waiting),
            second,
            self.connections(slug),
        )

    def _mount(self, stats: Stats, name: str, counted: list[str]) -> Mount | None:
        found = stats.mounts.get(name)
        if found is None:
            return None
        listeners = [
            max(0, stats.mounts[mount].listeners - self._not_listeners.get(mount, 0))
            for mount in counted
            if mount in stats.mounts
        ]
        return Mount(found.instance, sum(listeners), self._meter.kbps(name), found.title)

    async def _inspect(self, stats: Stats) -> None:
        """Fetch client lists where the count changed, or where none was fetched lately: relays are not listeners."""
        now = self.clock.monotonic_s()
        public = [mount for slug in self.onair.slugs() for mount in public_mounts(slug) if mount in stats.mounts]
        counts = {mount: stats.mounts[mount].listeners for mount in public}
        due = [
            mount
            for mount, count in counts.items()
            if count and (self._inspected.get(mount, (0, 0.0))[0] != count or self._not_listeners.get(mount))
        ]
        due += [
            mount
            for mount, (_, at) in self._inspected.items()
            if counts.get(mount) and now - at > INSPECTION_INTERVAL_S and mount not in due
        ]
        due.sort(key=lambda mount: self._inspected.get(mount, (0, 0.0))[1])
        for mount in due[:INSPECTIONS_PER_POLL]:
            try:
                connections, listeners = await self.client.listeners(mount)
            except Upstream as error:
                log.info("listeners_not_inspected", mount=mount, reason=str(error))
                continue
            self._not_listeners[mount] = connections - listeners
            self._inspected[mount] = counts[mount], now
