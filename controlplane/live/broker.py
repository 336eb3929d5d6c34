"""The broker: numbers ordered events, keeps what can be recovered, and delivers to every daemon.

A log is one station's, of one kind. An event takes effect when it is heard, not when it is published, so that all
daemons agree on the order. `MemoryBroker` is for a single daemon: it numbers and delivers within the call.
"""

import secrets
from collections import deque
from collections.abc import Awaitable, Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.protocol.delivery import Log, Retention


class LogId(NamedTuple):
    """One station's log of one kind."""

    station: str
    kind: Log = Log.STREAM


@dataclass(frozen=True, slots=True)
class Position:
    """A position in a log: `seq` rises by one within an epoch. `at` is when it was reached, in unix milliseconds."""

    epoch: str
    seq: int
    at: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as every daemon hears it.

    `body` is the event's JSON object without the envelope, `state` the station's document after it, None if unchanged.
    """

    position: Position
    name: str
    body: bytes
    state: bytes | None = None


class ValueKey(NamedTuple):
    """What a last value is the newest of: one subject of one event in one station's room."""

    station: str
    name: str
    subject: str = ""


class Subscriber(Protocol):
    """A receiver of what is published: called on the loop, in order; must not wait."""

    def heard(self, log: LogId, entry: Entry) -> None:
        """Take an ordered event."""

    def began_anew(self, log: LogId, position: Position) -> None:
        """Take note that a log's continuity ended: another epoch, or more was missed than is kept."""

    def said(self, key: ValueKey, body: bytes) -> None:
        """Take a last value: JSON without the envelope."""


class Broker(Protocol):
    """Ordered, recoverable events between daemons."""

    @property
    def silent_s(self) -> float:
        """For how many seconds the broker has not answered."""

    def attach(self, subscriber: Subscriber) -> None:
        """Deliver to a listener from now on."""

    def publish(
        self, log: LogId, name: str, body: bytes, *, once: str, state: bytes | None = None, fence: int = 0
    ) -> Awaitable[Position]:
        """Give an event its position, once for each `once`; the order is that of the calls from one daemon.

        The call publishes, and need not be awaited: that returns the position. It never raises for a broker that is
        away, but waits. `fence` is the lease of the daemon that runs the station.
        """

    def say(self, key: ValueKey, body: bytes) -> None:
        """Deliver the newest value of a subject to every daemon; an older one may be lost."""

    async def follow(self, log: LogId) -> None:
        """Hear a log from now on; return when its history is here. Following twice is following once."""

    def unfollow(self, log: LogId) -> None:
        """Stop hearing a log."""

    def position(self, log: LogId) -> Position:
        """Return the position of the newest event that was heard."""

    def since(self, log: LogId, epoch: str, seq: int) -> list[Entry] | None:
        """Return what was heard after a position, or None where the history does not reach back to it."""

    def forget(self, station: str) -> None:
        """Drop the logs of a station that was removed."""


@dataclass(frozen=True, slots=True)
class LogState:
    """A log as one daemon leaves it to the next."""

    epoch: str
    seq: int
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class _Done:
    """An awaitable whose result is there already, and which raises no warning when it is not awaited."""

    position: Position

    def __await__(self) -> Generator[Any, Any, Position]:
        yield from ()
        return self.position


@dataclass(slots=True)
class _Log:
    retention: Retention
    position: Position
    entries: deque[tuple[float, Entry]] = field(default_factory=deque)
    """With the monotonic time at which each expires."""
    keys: dict[str, Position] = field(default_factory=dict)
    """Positions by retry key, of those that are kept, in their order."""

    def expire(self, now: float) -> None:
        while self.entries and (self.entries[0][0] <= now or len(self.entries) > self.retention.events):
            self.entries.popleft()
        while len(self.keys) > self.retention.events:
            del self.keys[next(iter(self.keys))]


class MemoryBroker:
    """The broker of a single daemon: it numbers and delivers within the call."""

    silent_s = 0.0

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._subscribers: list[Subscriber] = []
        self._logs: dict[LogId, _Log] = {}

    def attach(self, subscriber: Subscriber) -> None:
        """Deliver to a listener from now on."""
        self._subscribers.append(subscriber)

    def publish(
        self,
        log: LogId,
        name: str,
        body: bytes,
        *,
        once: str,
        state: bytes | None = None,
        fence: int = 0,  # noqa: ARG002 - nobody else could hold the lease
    ) -> Awaitable[Position]:
        """Give an event its position and deliver it."""
        own = self._log(log)
        known = own.keys.get(once)
        if known is not None:
            return _Done(known)
        at = max(self._clock.now_ms(), own.position.at)
        position = own.position = Position(own.position.epoch, own.position.seq + 1, at)
        entry = Entry(position, name, body, state)
        now = self._clock.monotonic_s()
        own.entries.append((now + own.retention.seconds, Entry(position, name, body)))
        own.keys[once] = position
        own.expire(now)
        for subscriber in self._subscribers:
            subscriber.heard(log, entry)
        return _Done(position)

    def say(self, key: ValueKey, body: bytes) -> None:
        """Deliver the newest value of a subject."""
        for subscriber in self._subscribers:
            subscriber.said(key, body)

    async def follow(self, log: LogId) -> None:
        """Begin a log if there is none."""
        self._log(log)

    def unfollow(self, log: LogId) -> None:
        """Keep the log: no other daemon has it."""

    def position(self, log: LogId) -> Position:
        """Return the position of the newest event."""
        return self._log(log).position

    def since(self, log: LogId, epoch: str, seq: int) -> list[Entry] | None:
        """Return the events after a position, or None where the history does not reach back to it."""
        own = self._log(log)
        own.expire(self._clock.monotonic_s())
        if epoch != own.position.epoch or seq > own.position.seq:
            return None
        missed = [entry for _, entry in own.entries if entry.position.seq > seq]
        return missed if len(missed) == own.position.seq - seq else None

    def forget(self, station: str) -> None:
        """Drop a station's logs."""
        for log in [log for log in self._logs if log.station == station]:
            del self._logs[log]

    def export_state(self, log: LogId) -> LogState:
        """Return a log for the next daemon to go on with; nothing may be published to it any more."""
        own = self._log(log)
        own.expire(self._clock.monotonic_s())
        return LogState(own.position.epoch, own.position.seq, [entry for _, entry in own.entries])

    def import_state(self, log: LogId, state: LogState) -> None:
        """Go on with a log where another daemon left it."""
        now, unix_ms = self._clock.monotonic_s(), self._clock.now_ms()
        at = state.entries[-1].position.at if state.entries else 0
        own = self._logs[log] = _Log(log.kind.retention, Position(state.epoch, state.seq, at))
        for entry in state.entries:
            age_s = max(0.0, unix_ms - entry.position.at) / 1000
            own.entries.append((now - age_s + own.retention.seconds, entry))
        own.expire(now)
        for subscriber in self._subscribers:
            subscriber.began_anew(log, own.position)

    def _log(self, log: LogId) -> _Log:
        found = self._logs.get(log)
        if found is None:
            found = self._logs[log] = _Log(log.kind.retention, Position(secrets.token_hex(8), 0, 0))
        return found
