"""The hub: gives every event its place in its station's order, and tells everybody.

`publish` and `latest` never wait: order is decided where they are called, and one task sends.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from controlplane.events import DigestEntry, PlatformDigest, StationEvent
from controlplane.insight import Insight

HISTORY_EVENTS = 300
HISTORY_S = 600.0
COALESCE_S = 1.0
"""Between two values of the same thing in one room."""
SETTLE_S = 0.1
"""Before the first of them: what changes once often changes again at once, as when a crowd comes."""
PLATFORM_ROOM = "platform"

Body = dict[str, Any]
Make = Callable[[], StationEvent | None]


def station_room(slug: str) -> str:
    """Name the room of those who joined a station."""
    return f"station:{slug}"


def staff_room(slug: str) -> str:
    """Name the room of those of them who run it."""
    return f"staff:{slug}"


class Outlet(Protocol):
    """A way to those who are in rooms."""

    async def emit(self, name: str, body: Body, rooms: list[str]) -> None:
        """Send an event to rooms, each member once. Members who have not taken all before it are spared last values."""

    async def catch_up(self, name: str, body: Body, room: str) -> None:
        """Send the newest of a last-value event to those who were spared an earlier one."""

    def behind(self, name: str, room: str) -> bool:
        """Say whether there is somebody who has to catch up."""

    def count(self, room: str) -> int:
        """Return how many are in a room."""


@dataclass(frozen=True, slots=True)
class Left:
    """A station's order as a daemon leaves it to the next one; `history` has `{event, data}`, oldest first."""

    epoch: str
    seq: int
    history: list[Body]


@dataclass(slots=True)
class _Channel:
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    seq: int = 0
    sent: int = 0
    history: deque[tuple[float, int, Body]] = field(default_factory=lambda: deque(maxlen=HISTORY_EVENTS))


@dataclass(frozen=True, slots=True)
class _Message:
    name: str
    body: Body
    rooms: list[str]
    ordered: bool = False
    late: bool = False
    published: float = field(default_factory=time.perf_counter)


@dataclass(slots=True)
class Hub:
    """The one way out to the listeners."""

    outlets: tuple[Outlet, ...]
    insight: Insight
    _channels: dict[str, _Channel] = field(default_factory=dict)
    _outbox: asyncio.Queue[_Message | asyncio.Event] = field(default_factory=asyncio.Queue)
    _unsent: int = 0
    _newest: dict[tuple[str, str], Make] = field(default_factory=dict)
    _due: dict[tuple[str, str], float] = field(default_factory=dict)
    _sent: dict[tuple[str, str], float] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _digested: dict[str, DigestEntry] = field(default_factory=dict)

    def publish(self, slug: str, event: StationEvent) -> None:
        """Send an ordered event: everybody gets all of them, in order, or is told that it did not."""
        channel = self._channel(slug)
        channel.seq += 1
        body = self._envelope(slug, channel, event)
        channel.history.append((time.monotonic(), channel.seq, {"event": event.name, "data": body}))
        rooms = [station_room(slug)]
        if event.platform_wide:
            rooms.append(PLATFORM_ROOM)
        self._put(_Message(event.name, body, rooms, ordered=True))

    def notify_staff(self, slug: str, event: StationEvent) -> None:
        """Send something to those who run a station and are here now."""
        body = self._envelope(slug, self._channel(slug), event)
        self._put(_Message(event.name, body, [staff_room(slug)]))

    def latest(self, slug: str, name: str, make: Make) -> None:
        """Send a last-value event soon, at most once a second and room; `make` is called when it is sent."""
        self._newest[slug, name] = make
        since = self._sent.get((slug, name), 0.0)
        self._due.setdefault((slug, name), max(time.monotonic() + SETTLE_S, since + COALESCE_S))
        self._wake.set()

    def position(self, slug: str) -> tuple[str, int]:
        """Return the epoch and the newest seq of a station."""
        channel = self._channel(slug)
        return channel.epoch, channel.seq

    def sent(self, slug: str) -> int:
        """Return the seq of the newest event of a station that has been written to everybody."""
        return self._channel(slug).sent

    def missed(self, slug: str, epoch: str, last_seq: int) -> list[Body] | None:
        """Return the ordered events after `last_seq` as `{event, data}`, or None where the history does not reach."""
        channel = self._channel(slug)
        _fade(channel)
        if epoch != channel.epoch or last_seq > channel.seq:
            return None
        wanted = [entry for _, seq, entry in channel.history if seq > last_seq]
        return wanted if len(wanted) == channel.seq - last_seq else None

    def sockets(self, slug: str) -> int:
        """Return how many follow a station now."""
        return sum(outlet.count(station_room(slug)) for outlet in self.outlets)

    def leave(self, slug: str) -> Left:
        """Return a station's order, for the next daemon to go on with. Nothing may be published after it."""
        channel = self._channel(slug)
        _fade(channel)
        return Left(channel.epoch, channel.seq, [entry for _, _, entry in channel.history])

    def resume(self, slug: str, left: Left) -> None:
        """Go on with a station's order where another daemon left it."""
        now, unix_ms = time.monotonic(), time.time() * 1000
        channel = self._channels[slug] = _Channel(left.epoch, left.seq, left.seq)
        for entry in left.history:
            age = max(0.0, unix_ms - entry["data"]["at"]) / 1000
            channel.history.append((now - age, entry["data"]["seq"], entry))

    def forget(self, slug: str) -> None:
        """Drop a station's order and history."""
        self._channels.pop(slug, None)
        self._digested.pop(slug, None)
        for key in [key for key in self._newest if key[0] == slug]:
            del self._newest[key]
            self._due.pop(key, None)
            self._sent.pop(key, None)

    def digest(self, entries: list[DigestEntry]) -> None:
        """Send those of the stations' entries that changed since the last digest."""
        changed = [entry for entry in entries if self._digested.get(entry.station) != entry]
        if changed:
            self._digested.update({entry.station: entry for entry in changed})
            body = PlatformDigest(stations=changed).wire()
            self._put(_Message(PlatformDigest.name, body, [PLATFORM_ROOM]))

    async def run(self) -> None:
        """Send for ever what was published."""
        while True:
            message = await self._outbox.get()
            if isinstance(message, asyncio.Event):
                message.set()
                continue
            for outlet in self.outlets:
                if message.late:
                    await outlet.catch_up(message.name, message.body, message.rooms[0])
                else:
                    await outlet.emit(message.name, message.body, message.rooms)
            self.insight.published.observe(time.perf_counter() - message.published)
            self._unsent -= 1
            if message.ordered:
                self._note_sent(message.body)

    async def drain(self) -> None:
        """Wait until all that was published before has been sent."""
        if self._unsent:
            mark = asyncio.Event()
            self._outbox.put_nowait(mark)
            await mark.wait()

    async def run_latest(self) -> None:
        """Send for ever the newest of the last-value events, and once a second to those who were spared one."""
        caught_up = time.monotonic()
        while True:
            now = time.monotonic()
            for key in [key for key, due in self._due.items() if due <= now]:
                del self._due[key]
                self._sent[key] = now
                self._send_newest(*key)
            if now - caught_up >= COALESCE_S:
                caught_up = now
                self._catch_up()
            pause = min([COALESCE_S, *(due - now for due in self._due.values())])
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    def _catch_up(self) -> None:
        for slug, name in self._newest:
            waiting = (slug, name) in self._due
            if not waiting and any(outlet.behind(name, station_room(slug)) for outlet in self.outlets):
                self._send_newest(slug, name, late=True)

    def _send_newest(self, slug: str, name: str, *, late: bool = False) -> None:
        event = self._newest[slug, name]()
        if event is not None:
            body = self._envelope(slug, self._channel(slug), event)
            self._put(_Message(name, body, [station_room(slug)], late=late))

    def _note_sent(self, body: Body) -> None:
        channel = self._channels.get(body["station"])
        if channel is not None and channel.epoch == body["epoch"]:
            channel.sent = body["seq"]

    def _put(self, message: _Message) -> None:
        self._unsent += 1
        self._outbox.put_nowait(message)

    def _channel(self, slug: str) -> _Channel:
        return self._channels.setdefault(slug, _Channel())

    @staticmethod
    def _envelope(slug: str, channel: _Channel, event: StationEvent) -> Body:
        at = int(time.time() * 1000)
        return {"station": slug, "epoch": channel.epoch, "seq": channel.seq, "at": at, **event.wire()}


def _fade(channel: _Channel) -> None:
    horizon = time.monotonic() - HISTORY_S
    while channel.history and channel.history[0][0] < horizon:
        channel.history.popleft()
