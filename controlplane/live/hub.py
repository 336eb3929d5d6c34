"""The hub: the one way out. It publishes events, coalesces last values, and delivers to this daemon's own clients.

`send` never waits: the broker decides the order where it is called, and one task delivers.
"""

import asyncio
import itertools
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from controlplane.kernel.clock import Clock
from controlplane.live.broker import Broker, Entry, LogId, Position, ValueKey
from controlplane.live.message import Encode, Message, enveloped, rooms_of, station_room
from controlplane.live.rooms import RoomIndex
from controlplane.live.writer import BoundedWriter
from controlplane.protocol.base import DeclarationError, Event, check_event
from controlplane.protocol.delivery import Audience, Delivery
from controlplane.runtime.metrics import Metrics

COALESCE_S = 1.0
"""Between two values of the same subject in one room."""
TOGETHER_BYTES = 16_384
"""Of the messages of one write: a crowd that writes costs one system call a reader, and not one a message."""
SETTLE_S = 0.1
"""Before the first of them: what changes once often changes again at once, as when a crowd comes."""


@dataclass(slots=True)
class Transport:
    """A way to clients: rooms of writers, and how a message is written for them; `writers` are the clients by id."""

    rooms: RoomIndex
    encode: Encode
    writers: dict[str, BoundedWriter] = field(default_factory=dict)


@dataclass(slots=True)
class Hub:
    """Sends events, and is what the broker tells of those of all daemons."""

    broker: Broker
    transports: tuple[Transport, ...]
    metrics: Metrics
    clock: Clock
    _events: dict[str, type[Event]] = field(default_factory=dict)
    _origin: str = field(default_factory=lambda: secrets.token_hex(8))
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _outbox: "deque[Message | asyncio.Event]" = field(default_factory=deque)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _undelivered: int = 0
    _delivered: dict[LogId, Position] = field(default_factory=dict)
    _newest: dict[ValueKey, bytes] = field(default_factory=dict)
    _due: dict[ValueKey, float] = field(default_factory=dict)
    _sent_at: dict[ValueKey, float] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:  # noqa: D105 - what belongs to every hub
        self.broker.attach(self)

    def declare(self, events: Iterable[type[Event]]) -> None:
        """Let events be sent; raise DeclarationError for one that is not declared as it must be, or twice."""
        for event in events:
            check_event(event)
            other = self._events.setdefault(event.name, event)
            if other is not event:
                raise DeclarationError(f"{event.__name__} and {other.__name__} are both called {event.name}")

    def send(self, scope: str, event: Event, *, state: bytes | None = None) -> None:
        """Send an event: to a station by its slug, to a socket by its id, or to the platform with an empty scope.

        The event's class says how it is delivered and to whom. `state` is the station's document after it. Raises
        DeclarationError for an event of no feature.
        """
        if self._events.get(event.name) is not type(event):
            raise DeclarationError(f"{type(event).__name__} is among the events of no feature")
        if event.audience is Audience.SOCKET:
            self._send_to_socket(scope, event)
        elif event.delivery is Delivery.ORDERED and event.log is not None:
            once = f"{self._origin}-{next(self._numbers)}"
            self.broker.publish(LogId(scope, event.log), event.name, event.encoded(), once=once, state=state)
        elif event.delivery is Delivery.LATEST:
            self.broker.say(ValueKey(scope, event.name, event.subject), event.encoded())
        else:
            self._put(self._message(scope, type(event), event.encoded()))

    def publish(self, slug: str, event: Event, *, once: str) -> Awaitable[Position]:
        """Publish an ordered event of a station, once for each `once`; return its position, which need not be awaited.

        Raises DeclarationError for an event of no feature, or one that is not ordered.
        """
        if event.log is None or self._events.get(event.name) is not type(event):
            raise DeclarationError(f"{type(event).__name__} is among the events of no feature, or has no log")
        return self.broker.publish(LogId(slug, event.log), event.name, event.encoded(), once=once)

    def heard(self, log: LogId, entry: Entry) -> None:
        """Deliver an ordered event that the broker has numbered."""
        body = enveloped(log.station, entry.position, entry.position.at, entry.body)
        rooms = rooms_of(log.station, self._events[entry.name].audience)
        self._put(Message(entry.name, body, rooms, Delivery.ORDERED, log, entry.position))

    def began_anew(self, log: LogId, position: Position) -> None:
        """Take note of a log's new epoch: its clients find out at their next heartbeat."""
        self._delivered[log] = position

    def said(self, key: ValueKey, body: bytes) -> None:
        """Deliver a last value soon, at most once a second, subject and room."""
        if key.name not in self._events:
            return  # a station's document, which is for the read model only
        self._newest[key] = body
        since = self._sent_at.get(key, 0.0)
        self._due.setdefault(key, max(time.monotonic() + SETTLE_S, since + COALESCE_S))
        self._wake.set()

    def delivered_seq(self, log: LogId) -> int:
        """Return the seq of the newest event of a log that has been written to everybody here."""
        position, current = self._delivered.get(log), self.broker.position(log)
        return position.seq if position is not None and position.epoch == current.epoch else 0

    def followers(self, slug: str) -> int:
        """Return how many clients follow a station now."""
        return sum(transport.rooms.count(station_room(slug)) for transport in self.transports)

    def forget(self, slug: str) -> None:
        """Drop a station's last values."""
        for log in [log for log in self._delivered if log.station == slug]:
            del self._delivered[log]
        for key in [key for key in self._newest if key.station == slug]:
            del self._newest[key]
            self._due.pop(key, None)
            self._sent_at.pop(key, None)

    async def run(self) -> None:
        """Deliver what was sent, until cancelled."""
        while True:
            while not self._outbox:
                self._filled.clear()
                await self._filled.wait()
            first = self._outbox.popleft()
            if isinstance(first, asyncio.Event):
                first.set()
                continue
            messages = [first, *self._following(first)]
            await self._deliver(messages)
            for message in messages:
                self.metrics.published.observe(time.perf_counter() - message.published_at)
                self._undelivered -= 1
                if message.ordered_at is not None:
                    log, self._delivered[log] = message.ordered_at

    def _following(self, first: Message) -> Iterator[Message]:
        """Take the next messages of the same log from the outbox: one write to each client can have them all."""
        size = len(first.body)
        while first.ordered_at is not None and self._outbox and size < TOGETHER_BYTES:
            message = self._outbox[0]
            if not isinstance(message, Message) or message.ordered_at is None:
                return
            if (message.log, message.rooms) != (first.log, first.rooms):
                return
            size += len(message.body)
            self._outbox.popleft()
            yield message

    async def drain(self) -> None:
        """Wait until all that was sent before has been delivered."""
        if self._undelivered:
            mark = asyncio.Event()
            self._outbox.append(mark)
            self._filled.set()
            await mark.wait()

    async def run_latest(self) -> None:
        """Deliver last values when they are due, and resend them to lagging clients, until cancelled."""
        resent_at = time.monotonic()
        while True:
            now = time.monotonic()
            for key in [key for key, due in self._due.items() if due <= now]:
                del self._due[key]
                self._sent_at[key] = now
                self._put_newest(key)
            if now - resent_at >= COALESCE_S:
                resent_at = now
                self._resend(now)
            pause = min([COALESCE_S, *(due - now for due in self._due.values())])
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    def _resend(self, now: float) -> None:
        """Send lagging clients what they were not sent, and drop the values that everybody has."""
        for key in [key for key in self._newest if key not in self._due]:
            room, value = rooms_of(key.station, self._events[key.name].audience)[0], (key.name, key.subject)
            if any(each.rooms.has_lagging(room, value) for each in self.transports):
                self._put_newest(key, late=True)
            elif not self._undelivered and now - self._sent_at[key] >= COALESCE_S:
                del self._newest[key], self._sent_at[key]

    def _put_newest(self, key: ValueKey, *, late: bool = False) -> None:
        event = self._events[key.name]
        self._put(replace(self._message(key.station, event, self._newest[key]), subject=key.subject, late=late))

    def _message(self, scope: str, event: type[Event], body: bytes) -> Message:
        """Return a message that has no position of its own; an event with a log has the envelope all the same."""
        log = LogId(scope, event.log) if event.log is not None else None
        position = self.broker.position(log) if log is not None else None
        if position is not None:
            body = enveloped(scope, position, self.clock.now_ms(), body)
        return Message(event.name, body, rooms_of(scope, event.audience), event.delivery, log, position)

    def _send_to_socket(self, client: str, event: Event) -> None:
        message = Message(event.name, event.encoded(), [], Delivery.TRANSIENT)
        for transport in self.transports:
            writer = transport.writers.get(client)
            if writer is not None:
                writer.push(transport.encode(message))

    async def _deliver(self, messages: Sequence[Message]) -> None:
        """Write a message, or several of one log, to the clients of their rooms."""
        message = messages[0]
        rooms, value = message.rooms, (message.name, message.subject)
        for transport in self.transports:
            if not any(map(transport.rooms.count, rooms)):
                continue
            if message.ordered_at is not None:
                frames = [(each.ordered_at[1].seq, transport.encode(each)) for each in messages if each.ordered_at]
                await transport.rooms.send_ordered(frames, rooms, message.ordered_at[0].kind)
                continue
            frame = transport.encode(message)
            if message.delivery is not Delivery.LATEST:
                await transport.rooms.send(frame, rooms)
            elif message.late:
                await transport.rooms.resend_latest(frame, rooms[0], value)
            else:
                await transport.rooms.send_latest(frame, rooms[0], value)

    def _put(self, message: Message) -> None:
        self._undelivered += 1
        self._outbox.append(message)
        self._filled.set()
