"""One listener's connection to each public mount, by which the daemon hears what listeners are sent."""

import asyncio
from dataclasses import dataclass, field

import httpx
import structlog

from controlplane.features.sync.stream import Stream
from controlplane.icecast.parse import TAP_AGENT
from controlplane.kernel.clock import Clock
from controlplane.kernel.mounts import Format, public_mount

log = structlog.get_logger()

CONNECT_TIMEOUT_S = 5.0
SILENCE_TIMEOUT_S = 10.0
"""Icecast sends several blocks a second; where none comes for so long, the connection is dead."""
RETRY_S = 1.0
LEAVING_S = 1.0
"""For so long after a connection has ended, Icecast's statistics may still count it."""


def client(host: str, port: int) -> httpx.AsyncClient:
    """Return a client for connections that last: as many as there are mounts."""
    return httpx.AsyncClient(
        base_url=f"http://{host}:{port}",
        headers={"User-Agent": TAP_AGENT},
        timeout=httpx.Timeout(CONNECT_TIMEOUT_S, read=SILENCE_TIMEOUT_S),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        trust_env=False,
    )


@dataclass(slots=True)
class Tap:
    """A connection to a mount, made again whenever it ends."""

    mount: str
    audio: Format
    stream: Stream | None = None
    """The stream of the open connection, None while there is none."""
    left_at: float | None = None


@dataclass(slots=True)
class Taps:
    """The connections of all stations."""

    http: httpx.AsyncClient
    formats: tuple[Format, ...]
    clock: Clock
    _taps: dict[str, tuple[Tap, ...]] = field(default_factory=dict)
    _tasks: dict[str, list[asyncio.Task[None]]] = field(default_factory=dict)
    _group: asyncio.TaskGroup | None = None

    def add(self, slug: str) -> None:
        """Listen to a station's mounts from now on."""
        self._taps[slug] = tuple(Tap(public_mount(slug, audio), audio) for audio in self.formats)
        self._start(slug)

    def remove(self, slug: str) -> None:
        """Listen to a station no more."""
        self._taps.pop(slug, None)
        for task in self._tasks.pop(slug, ()):
            task.cancel()

    def of(self, slug: str) -> tuple[Tap, ...]:
        """Return a station's connections, MP3 first; none for an unknown station."""
        return self._taps.get(slug, ())

    def streams(self, slug: str) -> dict[str, Stream]:
        """Return what is heard of a station's mounts, by mount, MP3 first; without those that are not heard."""
        return {tap.mount: tap.stream for tap in self.of(slug) if tap.stream is not None}

    def slugs(self) -> tuple[str, ...]:
        """List the stations."""
        return tuple(self._taps)

    def connections(self, slug: str) -> int:
        """Return how many of a station's connections Icecast may count as listeners."""
        now = self.clock.monotonic_s()
        return sum(
            tap.stream is not None or (tap.left_at is not None and now - tap.left_at < LEAVING_S)
            for tap in self.of(slug)
        )

    async def run(self) -> None:
        """Hold the connections, until cancelled."""
        async with self.http, asyncio.TaskGroup() as self._group:
            for slug in self._taps:
                self._start(slug)
            await asyncio.Event().wait()

    def _start(self, slug: str) -> None:
        if self._group is not None:
            self._tasks[slug] = [self._group.create_task(self._hold(tap)) for tap in self._taps[slug]]

    async def _hold(self, tap: Tap) -> None:
        is_lost = False
        while True:
            try:
                await self._hear(tap)
                is_lost = False
            except httpx.HTTPError as error:
                if not is_lost:  # once, and not each second while Icecast is down
                    log.info("mount_not_heard", mount=tap.mount, reason=type(error).__name__)
                is_lost = True
            finally:
                if tap.stream is not None:
                    tap.stream, tap.left_at = None, self.clock.monotonic_s()
            await asyncio.sleep(RETRY_S)

    async def _hear(self, tap: Tap) -> None:
        async with self.http.stream("GET", tap.mount) as answer:
            if answer.status_code != httpx.codes.OK:
                return
            tap.stream = Stream(tap.mount, tap.audio)
            async for piece in answer.aiter_raw():
                epoch = tap.stream.epoch
                tap.stream.feed(piece, self.clock.steady_s())
                if tap.stream.epoch != epoch:
                    log.info("mount_timeline_began", mount=tap.mount, epoch=tap.stream.epoch)
