"""Server-sent events: the same stream for those who cannot, or need not, hold a socket.

One frame a broadcast here as well: an event and the HTTP chunk around it are the same bytes for everybody.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from aiohttp import HttpVersion11, web

from controlplane.errors import InvalidInput
from controlplane.events import LAST_VALUE
from controlplane.insight import Insight
from controlplane.live.line import BY_CLIENT, Backlog, Line
from controlplane.live.roster import Roster

LOOK_S = 1.0
"""How soon a stream that is gone is put away."""
KEEP_ALIVE_S = 15.0
"""Proxies end what says nothing for a minute, and a reader that is gone is found out by writing to it."""
KEEP_ALIVE = b": still here\n\n"
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # nginx would otherwise keep events until it has a buffer full.
    "X-Accel-Buffering": "no",
}


def message(name: str, body: dict[str, Any]) -> bytes:
    """Return an event as it stands in the stream; `body` has the envelope, its epoch and seq are the event's id."""
    return b"id: %b:%d\nevent: %b\ndata: %b\n\n" % (
        body["epoch"].encode(),
        body["seq"],
        name.encode(),
        orjson.dumps(body),
    )


def farewell(after_ms: int) -> bytes:
    """Return what a stream ends with: a browser comes back by itself, after so many milliseconds."""
    return f'retry: {after_ms}\nevent: server:going_away\ndata: {{"retry_after_ms":{after_ms}}}\n\n'.encode()


def position(last_event_id: str | None) -> tuple[str, int] | None:
    """Read an event's id, which is what a returning reader saw last, as (epoch, seq); None for what is none of ours."""
    epoch, _, seq = (last_event_id or "").rpartition(":")
    return (epoch, int(seq)) if epoch and seq.isascii() and seq.isdigit() and len(seq) <= 15 else None  # noqa: PLR2004 - beyond it is no seq


def _chunk(text: bytes) -> bytes:
    """Return an HTTP/1.1 chunk (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(text), text)


class Streams:
    """The open streams, by room."""

    def __init__(self, backlog: Backlog, insight: Insight) -> None:
        self._backlog = backlog
        self._insight = insight
        self._roster = Roster(insight)
        self._open: dict[Line, asyncio.Event] = {}

    @property
    def connected(self) -> int:
        """How many streams are open."""
        return len(self._open)

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms with somebody in them."""
        return self._roster.rooms

    def lines(self) -> Iterable[Line]:
        """List the lines of the open streams."""
        return tuple(self._open)

    async def emit(self, name: str, body: dict[str, Any], rooms: list[str]) -> None:
        """Send an event to rooms, each stream once; streams that have others waiting are spared last values."""
        if not self._open or "epoch" not in body:
            return
        frame = _chunk(message(name, body))
        if name in LAST_VALUE:
            await self._roster.send_latest(frame, rooms[0], name)
        else:
            await self._roster.send(frame, rooms, body["seq"])

    async def catch_up(self, name: str, body: dict[str, Any], room: str) -> None:
        """Send the newest of a last-value event to the streams that were spared an earlier one."""
        await self._roster.catch_up(_chunk(message(name, body)), room, name)

    def behind(self, name: str, room: str) -> bool:
        """Say whether a stream in a room was spared a last-value event."""
        return self._roster.behind(room, name)

    def count(self, room: str) -> int:
        """Return how many streams are in a room."""
        return self._roster.count(room)

    async def begin(self, request: web.Request) -> tuple[web.StreamResponse, Line | None]:
        """Answer a request with a stream that nothing is in yet, and no line where the reader has gone already.

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
        return response, Line(request.transport, self._backlog) if request.transport is not None else None

    async def hold(self, line: Line, room: str, seq: int, first: list[bytes]) -> None:
        """Keep a stream in a room until it ends, beginning with all that it has to know up to `seq`."""
        over = self._open[line] = asyncio.Event()
        self._roster.enter(room, line)
        self._roster.knows(room, line, seq)
        try:
            line.push(b"".join(map(_chunk, first)))
            await over.wait()
        finally:
            del self._open[line]
            self._roster.leave_all(line)
            line.finish(BY_CLIENT)
            self._insight.closed.labels(line.reason or BY_CLIENT).inc()

    def end(self, room: str) -> None:
        """End the streams of a room that is closed."""
        for line in self._roster.lines([room]):
            line.finish("station removed")
            self._open[line].set()

    async def run(self) -> None:
        """Put away for ever those that are gone, and keep the others alive."""
        looks = 0
        while True:
            await asyncio.sleep(LOOK_S)
            looks += 1
            for line, over in self._open.items():
                if line.is_closing():
                    over.set()
                elif looks % round(KEEP_ALIVE_S / LOOK_S) == 0:
                    line.push(_chunk(KEEP_ALIVE))

    def close(self, come_back_ms: Callable[[], int]) -> None:
        """Tell every reader when to come back, and end every stream."""
        for line, over in self._open.items():
            line.push(_chunk(farewell(come_back_ms())))
            line.finish("going away")
            over.set()
