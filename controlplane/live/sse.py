"""Server-sent events: the same events for clients that only read, over plain HTTP.

One frame a broadcast here as well: an event and the HTTP chunk around it are the same bytes for everybody.
"""

import asyncio
from collections.abc import Callable, Iterable

from aiohttp import HttpVersion11, web

from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import InvalidInput
from controlplane.live.broker import Position
from controlplane.live.hub import Transport
from controlplane.live.message import Message
from controlplane.live.rooms import RoomIndex
from controlplane.live.writer import Backlog, BoundedWriter
from controlplane.protocol.delivery import Log
from controlplane.protocol.disconnect import Disconnect
from controlplane.runtime.metrics import Metrics

CHECK_INTERVAL_S = 1.0
"""How soon a stream whose reader is gone is closed."""
KEEP_ALIVE_S = 15.0
"""Proxies end a connection that is silent for a minute, and a reader that is gone is found out by writing to it."""
KEEP_ALIVE = b": still here\n\n"
SEQ_DIGITS = 15
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # nginx would otherwise keep events until it has a buffer full.
    "X-Accel-Buffering": "no",
}


def event(name: str, body: bytes, position: Position | None) -> bytes:
    """Return an event as it stands in the stream; its id is a position in the station's stream log."""
    own = b"" if position is None else b"id: %b:%d\n" % (position.epoch.encode(), position.seq)
    return b"%bevent: %b\ndata: %b\n\n" % (own, name.encode(), body)


def going_away_event(retry_after_ms: int) -> bytes:
    """Return what a stream ends with: a browser comes back by itself, after so many milliseconds."""
    return (
        f'retry: {retry_after_ms}\nevent: server:going_away\ndata: {{"retry_after_ms":{retry_after_ms}}}\n\n'.encode()
    )


def last_position(last_event_id: str | None) -> tuple[str, int] | None:
    """Read the id of the last event that a returning reader saw, as (epoch, seq); None if it is not one of ours."""
    epoch, _, seq = (last_event_id or "").rpartition(":")
    return (epoch, int(seq)) if epoch and seq.isascii() and seq.isdigit() and len(seq) <= SEQ_DIGITS else None


def _chunk(text: bytes) -> bytes:
    """Return an HTTP/1.1 chunk (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(text), text)


def _encode(message: Message) -> bytes:
    # An event of another log has no id: a reader that comes back names the last one of this log.
    in_stream = message.log is None or message.log.kind is Log.STREAM
    return _chunk(event(message.name, message.body, message.position if in_stream else None))


class EventStreams:
    """The open event streams."""

    def __init__(self, backlog: Backlog, metrics: Metrics, clock: Clock) -> None:
        self._backlog = backlog
        self._metrics = metrics
        self._clock = clock
        self._open: dict[BoundedWriter, asyncio.Event] = {}
        self._shut: set[str] = set()
        self.transport = Transport(RoomIndex(metrics), _encode)

    @property
    def connected(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def writers(self) -> Iterable[BoundedWriter]:
        """List the writers of the open streams."""
        return tuple(self._open)

    async def begin(self, request: web.Request) -> tuple[web.StreamResponse, BoundedWriter | None]:
        """Answer a request with a stream that has no events yet; no writer if the reader has gone already.

        Raises InvalidInput where there can be no stream.
        """
        if request.version < HttpVersion11:
            raise InvalidInput("an event stream needs HTTP/1.1")
        response = web.StreamResponse(headers=HEADERS)
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            await response.write(KEEP_ALIVE)
        except ConnectionError:
            return response, None
        transport = request.transport
        return response, BoundedWriter(transport, self._backlog) if transport is not None else None

    def begin_with(self, writer: BoundedWriter, first: list[bytes]) -> None:
        """Take a stream on, beginning with the events that bring it up to date."""
        self._open[writer] = asyncio.Event()
        writer.push(b"".join(map(_chunk, first)))

    def let_in(self, room: str, *, allowed: bool) -> None:
        """Allow streams in a room, or end what they are sent of it and allow no more."""
        if allowed:
            self._shut.discard(room)
            return
        self._shut.add(room)
        for writer in self.transport.rooms.members([room]):
            self.transport.rooms.leave(room, writer)

    def is_open(self, room: str) -> bool:
        """Say whether streams are allowed in a room."""
        return room not in self._shut

    def enter(self, writer: BoundedWriter, room: str, position: Position, log: Log = Log.STREAM) -> None:
        """Put a stream in a room; it is sent no events of the log up to a position."""
        self.transport.rooms.enter(room, writer)
        self.transport.rooms.skip_until(room, writer, position.seq, log)

    async def until_closed(self, writer: BoundedWriter) -> None:
        """Wait until a stream ends, and take it out of its rooms."""
        try:
            await self._open[writer].wait()
        finally:
            del self._open[writer]
            self.transport.rooms.leave_all(writer)
            writer.finish(Disconnect.BY_CLIENT)
            self._metrics.closed.labels((writer.reason or Disconnect.BY_CLIENT).label).inc()

    def end(self, room: str) -> None:
        """End the streams of a room that is closed."""
        for writer in self.transport.rooms.members([room]):
            writer.finish(Disconnect.STATION_REMOVED)
            self._open[writer].set()

    async def run(self) -> None:
        """Close streams whose reader is gone, and keep the others alive, until cancelled."""
        written_at = self._clock.monotonic_s()
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            now = self._clock.monotonic_s()
            quiet = now - written_at >= KEEP_ALIVE_S
            written_at = now if quiet else written_at
            for writer, ended in self._open.items():
                if writer.is_closing():
                    ended.set()
                elif quiet:
                    writer.push(_chunk(KEEP_ALIVE))

    def close(self, retry_after_ms: Callable[[], int]) -> None:
        """Tell every reader when to come back, and end every stream."""
        for writer, ended in self._open.items():
            writer.push(_chunk(going_away_event(retry_after_ms())))
            writer.finish(Disconnect.GOING_AWAY)
            ended.set()
