"""The hub: gives every event its place in its station's order, and tells everybody.

`publish` and `latest` never wait: order is decided where they are called, and one task sends.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from controlplane.events import DigestEntry, PlatformDigest, StationEvent

HISTORY_EVENTS = 300
HISTORY_S = 600.0
COALESCE_S = 1.0
PLATFORM_ROOM = "platform"

Emit = Callable[[str, dict[str, Any], list[str]], Awaitable[None]]
Make = Callable[[], StationEvent | None]


def station_room(slug: str) -> str:
    """Name the room of those who joined a station."""
    return f"station:{slug}"


def staff_room(slug: str) -> str:
    """Name the room of those of them who run it."""
    return f"staff:{slug}"


@dataclass(slots=True)
class _Channel:
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    seq: int = 0
    history: deque[tuple[float, int, str, dict[str, Any]]] = field(default_factory=lambda: deque(maxlen=HISTORY_EVENTS))
    sockets: int = 0


@dataclass(slots=True)
class Hub:
    """The one way out to the sockets. `emit` sends a message to rooms, each socket once."""

    emit: Emit
    _channels: dict[str, _Channel] = field(default_factory=dict)
    _outbox: asyncio.Queue[tuple[str, dict[str, Any], list[str]]] = field(default_factory=asyncio.Queue)
    _newest: dict[tuple[str, str], Make] = field(default_factory=dict)
    _last_sent: dict[tuple[str, str], float] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _digested: dict[str, DigestEntry] = field(default_factory=dict)

    def publish(self, slug: str, event: StationEvent) -> None:
        """Send an ordered event: everybody gets all of them, in order, or is told that it did not."""
        channel = self._channel(slug)
        channel.seq += 1
        body = self._envelope(slug, channel, event)
        channel.history.append((time.monotonic(), channel.seq, event.name, body))
        rooms = [station_room(slug)]
        if event.platform_wide:
            rooms.append(PLATFORM_ROOM)
        self._outbox.put_nowait((event.name, body, rooms))

    def notify_staff(self, slug: str, event: StationEvent) -> None:
        """Send something to those who run a station and are here now."""
        self._outbox.put_nowait((event.name, self._envelope(slug, self._channel(slug), event), [staff_room(slug)]))

    def latest(self, slug: str, name: str, make: Make) -> None:
        """Send a last-value event, at most once a second and room; `make` is called when it is sent."""
        self._newest[slug, name] = make
        self._wake.set()

    def position(self, slug: str) -> tuple[str, int]:
        """Return the epoch and the newest seq of a station."""
        channel = self._channel(slug)
        return channel.epoch, channel.seq

    def missed(self, slug: str, epoch: str, last_seq: int) -> list[dict[str, Any]] | None:
        """Return the ordered events after `last_seq` as `{event, data}`, or None where the history does not reach."""
        channel = self._channel(slug)
        horizon = time.monotonic() - HISTORY_S
        while channel.history and channel.history[0][0] < horizon:
            channel.history.popleft()
        if epoch != channel.epoch or last_seq > channel.seq:
            return None
        wanted = [(seq, name, body) for _, seq, name, body in channel.history if seq > last_seq]
        if len(wanted) != channel.seq - last_seq:
            return None
        return [{"event": name, "data": body} for _, name, body in wanted]

    def count(self, slug: str, change: int) -> None:
        """Note that a socket joined (+1) or left (-1) a station's room."""
        self._channel(slug).sockets += change

    def sockets(self, slug: str) -> int:
        """Return how many sockets are in a station's room."""
        return self._channel(slug).sockets

    def forget(self, slug: str) -> None:
        """Drop a station's order and history."""
        self._channels.pop(slug, None)
        self._digested.pop(slug, None)

    def digest(self, entries: list[DigestEntry]) -> None:
        """Send those of the stations' entries that changed since the last digest."""
        changed = [entry for entry in entries if self._digested.get(entry.station) != entry]
        if changed:
            self._digested.update({entry.station: entry for entry in changed})
            self._outbox.put_nowait((PlatformDigest.name, PlatformDigest(stations=changed).wire(), [PLATFORM_ROOM]))

    async def run(self) -> None:
        """Send for ever what was published."""
        while True:
            await self.emit(*await self._outbox.get())
            self._outbox.task_done()

    async def drain(self) -> None:
        """Wait until all that was published so far has been sent."""
        await self._outbox.join()

    async def run_latest(self) -> None:
        """Send for ever the newest of the last-value events."""
        pause: float | None = None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            now = time.monotonic()
            waits = [self._flush(key, now) for key in list(self._newest)]
            pause = min((wait for wait in waits if wait > 0), default=None)

    def _flush(self, key: tuple[str, str], now: float) -> float:
        wait = self._last_sent.get(key, 0.0) + COALESCE_S - now
        if wait > 0:
            return wait
        event = self._newest.pop(key)()
        if event is not None:
            self._last_sent[key] = now
            body = self._envelope(key[0], self._channel(key[0]), event)
            self._outbox.put_nowait((event.name, body, [station_room(key[0])]))
        return 0.0

    def _channel(self, slug: str) -> _Channel:
        return self._channels.setdefault(slug, _Channel())

    @staticmethod
    def _envelope(slug: str, channel: _Channel, event: StationEvent) -> dict[str, Any]:
        at = int(time.time() * 1000)
        return {"station": slug, "epoch": channel.epoch, "seq": channel.seq, "at": at, **event.wire()}
