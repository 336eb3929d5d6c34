"""What Icecast says, brought to OnAir: the poll of /admin/stats is the truth, the feed's states come between."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from controlplane.errors import Upstream
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.meter import Meter
from controlplane.icecast.parse import Mirror, MountStats, Stats
from controlplane.icecast.titler import Titler
from controlplane.onair.service import OnAir
from controlplane.onair.state import IcecastSilent, Mount, MountsSeen
from controlplane.stations.rules import ingest_mount, public_mount

log = structlog.get_logger()

INSPECTIONS = 20
"""How many mounts' clients are looked at in one poll, so that a storm of listeners does not become one of requests."""


@dataclass(slots=True)
class Poller:
    """Polls when asked, and says what it saw."""

    client: IcecastClient
    onair: OnAir
    titler: Titler
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _answering: bool = False
    _newest: Stats | None = None
    _mirror: Mirror = field(default_factory=Mirror)
    _meter: Meter = field(default_factory=Meter)
    _inspected: dict[str, int] = field(default_factory=dict)
    _not_listeners: dict[str, int] = field(default_factory=dict)

    def ask(self) -> None:
        """Ask for a poll now; asking twice before it runs makes one."""
        self._asked.set()

    @property
    def answering(self) -> bool:
        """Whether Icecast answered the last poll."""
        return self._answering

    @property
    def newest(self) -> Stats | None:
        """What the last answered poll found."""
        return self._newest

    async def run(self) -> None:
        """Poll for ever, whenever somebody asks."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self._poll()

    async def _poll(self) -> None:
        asked = self._mirror.doubts()
        try:
            stats = await self.client.stats()
        except Upstream as error:
            if self._answering or self._newest is None:
                log.warning("icecast unreachable", reason=str(error))
            self._answering = False
            self.onair.observe_all(lambda _slug: IcecastSilent())
            return
        if not self._answering:
            log.info("icecast answers", mounts=len(stats.mounts))
        self._answering = True
        self._newest = stats
        self._mirror.settle(stats, asked)
        self._meter.read(stats, time.monotonic())
        self._seen(stats)
        for slug in self.onair.slugs():
            mount = public_mount(slug)
            if mount in stats.mounts:
                self.titler.found(mount, stats.mounts[mount].title)
        await self._inspect(stats)

    def begin(self) -> None:
        """Start over with a new feed, which tells its whole state first."""
        self._mirror = Mirror()
        self.ask()

    def take(self, lines: Iterable[str]) -> None:
        """Take in lines of the feed; where they leave a doubt, a poll tells."""
        self._mirror.take(lines)
        if self._mirror.in_doubt:
            self.ask()
        elif self._answering:
            self._seen(self._mirror.stats())

    def _seen(self, stats: Stats) -> None:
        for slug in self.onair.slugs():
            mount = public_mount(slug)
            if mount in stats.mounts:
                self.titler.arrived(mount, stats.mounts[mount].instance)
        self.onair.observe_all(lambda slug: self._mounts(slug, stats))

    def _mounts(self, slug: str, stats: Stats) -> MountsSeen:
        ingest, public = ingest_mount(slug), public_mount(slug)
        return MountsSeen(
            _mount(stats.mounts.get(ingest), self._meter.kbps(ingest)),
            _mount(stats.mounts.get(public), self._meter.kbps(public), self._not_listeners.get(public, 0)),
        )

    async def _inspect(self, stats: Stats) -> None:
        counts = {}
        for slug in self.onair.slugs():
            mount = public_mount(slug)
            counts[mount] = stats.mounts[mount].listeners if mount in stats.mounts else 0
        moved = [
            mount
            for mount, count in counts.items()
            if count and (self._inspected.get(mount) != count or self._not_listeners.get(mount))
        ]
        for mount in moved[:INSPECTIONS]:
            try:
                everybody, people = await self.client.listeners(mount)
            except Upstream as error:
                log.info("listeners not inspected", mount=mount, reason=str(error))
                continue
            self._not_listeners[mount] = everybody - people
            self._inspected[mount] = counts[mount]


def _mount(stats: MountStats | None, bitrate_kbps: int, not_listeners: int = 0) -> Mount | None:
    if stats is None:
        return None
    return Mount(
        instance=stats.instance,
        listeners=max(0, stats.listeners - not_listeners),
        bitrate_kbps=bitrate_kbps,
        title=stats.title,
    )
