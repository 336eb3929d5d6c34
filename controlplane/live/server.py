"""python-socketio's server, for strangers: declared events only, small text packets, and nobody half inside.

What the stock server lets a client do, and this one does not: call its `connect` and `disconnect` handlers with a
made-up environment, keep memory with attachments that never come, stay without a CONNECT, connect twice on one
WebSocket, and leave a member behind by going away during the handshake.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import socketio
import structlog
from aiohttp import web
from socketio import packet

from controlplane.errors import AwazError, ConfigError, NotFound, TooLarge
from controlplane.insight import Insight
from controlplane.live import engine, fanout
from controlplane.live.engine import Engine
from controlplane.live.line import Backlog, Line

log = structlog.get_logger()

NAMESPACE = "/"
EVENT_BYTES = 16 * 1024
FRAME_BYTES = 64 * 1024
MOST_CONNECTS = 3
"""Tries of a CONNECT on one WebSocket: a client whose token was refused may come with another at once."""
GUARDED = (
    "_handle_eio_connect",
    "_handle_eio_message",
    "_handle_eio_disconnect",
    "_handle_event",
    "_handle_disconnect",
    "_send_packet",
    "_engineio_server_class",
)
"""What is overridden below to keep strangers out; without these the daemon does not start."""
LOOK_AGAIN_S = 1.0
JITTER = 0.1
EVENT_START = re.compile(r"2(\d{0,9})\[", re.ASCII)
PACKET_START = re.compile(r"\d(\d+-)?(/[^,]*,)?\d*", re.ASCII)

LetIn = Callable[[str, web.Request, object], Awaitable[dict[str, Any] | None]]
"""Lets somebody in, by sid, request and what CONNECT said; returns why not, as the refusal's `data`."""
Counted = Callable[[str], Awaitable[AwazError | None]]
"""Counts an event that was refused, by sid; returns what to answer instead when there were too many."""


class UnknownEvent(NotFound):
    """The event was never declared."""

    code = "unknown_event"


class Json:
    """Strict and fast: no NaN, no lone surrogates, no number beyond 64 bits, no bottomless nesting."""

    @staticmethod
    def loads(text: str) -> Any:  # noqa: ANN401 - whatever was sent
        """Read JSON; raise ValueError."""
        return orjson.loads(text)

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        """Write JSON."""
        return orjson.dumps(value).decode()


class StrictPacket(packet.Packet):  # type: ignore[misc]  # the library has no types
    """The library's packet, with our JSON and nothing binary."""

    uses_binary_events = False
    json = Json


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms clients are served. `last_value` are the events of which only the newest counts."""

    connect_within_s: float
    let_in: LetIn
    counted: Counted
    backlog: Backlog
    last_value: frozenset[str]
    insight: Insight


def make(terms: Terms, **options: Any) -> "Server":  # noqa: ANN401 - the library's own options
    """Make a server that fans out quickly, or the stock way where the libraries have changed."""
    lacking = fanout.missing()
    if lacking:
        log.warning("fan-out takes the stock way, slower", missing=lacking)
    else:
        options["client_manager"] = fanout.Fanout(terms.insight, terms.last_value)
    return Server(terms, serializer=StrictPacket, max_http_buffer_size=FRAME_BYTES, **options)


class Server(socketio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The server that strangers reach."""

    def __init__(self, terms: Terms, **options: Any) -> None:  # noqa: ANN401 - the library's own options
        unguarded = [name for name in GUARDED if not hasattr(socketio.AsyncServer, name)] + engine.missing()
        if unguarded:
            raise ConfigError([f"this python-socketio cannot be guarded: it has no {', '.join(unguarded)}"])
        super().__init__(namespaces=[NAMESPACE], **options)
        self.allowed: frozenset[str] = frozenset()
        self._terms = terms
        self.eio.backlog, self.eio.insight = terms.backlog, terms.insight
        self._connects: dict[str, int] = {}

    @property
    def fanout(self) -> fanout.Fanout | None:
        """The quick way of telling rooms, None where the stock way is taken."""
        return self.manager if isinstance(self.manager, fanout.Fanout) else None

    def cut(self, eio_sid: str, why: str) -> None:
        """Take a client's transport away at once."""
        connection = self.eio.sockets.get(eio_sid)
        if connection is not None:
            connection.cut(why)

    def finish(self, sid: str, why: str) -> None:
        """Take a connected client's transport away: what was written goes out, nothing more is read."""
        connection = self.eio.sockets.get(self.manager.eio_sid_from_sid(sid, NAMESPACE))
        if connection is not None:
            connection.finish(why)

    def finish_all(self, why: str) -> None:
        """Take every transport away, also of those who are not inside."""
        for connection in tuple(self.eio.sockets.values()):
            connection.finish(why)

    def lines(self) -> list[Line]:
        """List the lines of all connections."""
        return [connection.line for connection in self.eio.sockets.values() if connection.line is not None]

    def _engineio_server_class(self) -> Any:  # noqa: ANN401 - the library's signature
        return Engine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        self._connects[eio_sid] = 0
        # Those who came at once are not cut at once: the loop would stand still.
        within_s = self._terms.connect_within_s * random.uniform(1.0, 1.0 + JITTER)  # noqa: S311 - a spread, no secret
        asyncio.get_running_loop().call_later(within_s, self._expect, eio_sid)

    def _expect(self, eio_sid: str) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if eio_sid in self.environ and sid is None:
            self.cut(eio_sid, "no CONNECT in time")
        elif eio_sid in self.environ and not self.manager.is_connected(sid, NAMESPACE):
            # It is being looked at just now.
            asyncio.get_running_loop().call_later(LOOK_AGAIN_S, self._expect, eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        if not isinstance(data, str) or not data:
            self.cut(eio_sid, "no packet")
            return
        if len(data) > EVENT_BYTES or len(data.encode(errors="replace")) > EVENT_BYTES:
            await self._too_large(eio_sid, data)
            return
        start = PACKET_START.match(data)
        # The library takes the digits of other scripts for the number of an ack, too.
        if start is None or data[start.end() : start.end() + 1].isdigit():
            self.cut(eio_sid, "bad packet")
            return
        try:
            received = self.packet_class(encoded_packet=data)
        except (ValueError, IndexError, RecursionError):
            self.cut(eio_sid, "bad packet")
            return
        await self._dispatch(eio_sid, received)

    async def _dispatch(self, eio_sid: str, received: Any) -> None:  # noqa: ANN401 - the library's packet
        namespace = received.namespace or NAMESPACE
        connected = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        elsewhere = namespace != NAMESPACE
        if received.packet_type == packet.CONNECT and (connected is None or elsewhere):
            await self._connect(eio_sid, namespace, received.data)
        elif connected is None or elsewhere:
            self.cut(eio_sid, "packet out of place")
        elif received.packet_type == packet.DISCONNECT:
            await self._handle_disconnect(eio_sid, namespace, self.reason.CLIENT_DISCONNECT)
            self.cut(eio_sid, "disconnected")
        elif received.packet_type == packet.EVENT and _is_event(received):
            await self._handle_event(eio_sid, namespace, received.id, received.data)
        else:
            self.cut(eio_sid, "bad packet")

    async def _connect(self, eio_sid: str, namespace: str, data: object) -> None:
        self._connects[eio_sid] = self._connects.get(eio_sid, 0) + 1
        if self._connects[eio_sid] > MOST_CONNECTS:
            self.cut(eio_sid, "too many CONNECTs")
            return
        if namespace != NAMESPACE:
            await self._answer_connect(eio_sid, packet.CONNECT_ERROR, namespace, {"message": "no such namespace"})
            return
        sid = await self.manager.pre_connect(eio_sid, NAMESPACE)
        refusal = await self._terms.let_in(sid, self.environ[eio_sid]["aiohttp.request"], data)
        if refusal is not None:
            await self.manager.disconnect(sid, NAMESPACE, ignore_queue=True)
            body = {"message": refusal["message"], "data": refusal}
            await self._answer_connect(eio_sid, packet.CONNECT_ERROR, NAMESPACE, body)
            return
        await self.manager.connect(sid, NAMESPACE)
        if eio_sid in self.environ:
            await self._answer_connect(eio_sid, packet.CONNECT, NAMESPACE, {"sid": sid})
        else:
            # It went away while it was being let in, and nobody else will clean up after it.
            await self._leave(sid, "gone while connecting")

    async def _answer_connect(self, eio_sid: str, kind: int, namespace: str, body: dict[str, Any]) -> None:
        await self._send_packet(eio_sid, self.packet_class(kind, namespace=namespace, data=body))

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:  # noqa: A002, ANN401 - the library's signature
        name = data[0] if isinstance(data, list) and data else None
        if isinstance(name, str) and name in self.allowed:
            await super()._handle_event(eio_sid, namespace, id, data)
            return
        await self._refuse(eio_sid, id, UnknownEvent("there is no such event"))

    async def _handle_disconnect(self, eio_sid: str, namespace: str | None, reason: str | None = None) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace or NAMESPACE)
        connected = self.manager.is_connected(sid, namespace or NAMESPACE)
        try:
            await super()._handle_disconnect(eio_sid, namespace, reason)
        finally:
            # Whatever the handler did: a member that stays would be counted for ever.
            if connected and self.manager.sid_from_eio_sid(eio_sid, namespace or NAMESPACE) is not None:
                await self.manager.disconnect(sid, namespace or NAMESPACE, ignore_queue=True)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        self._connects.pop(eio_sid, None)
        try:
            await super()._handle_eio_disconnect(eio_sid, reason)
        finally:
            self.environ.pop(eio_sid, None)

    async def _leave(self, sid: str, reason: str) -> None:
        await self._trigger_event("disconnect", NAMESPACE, sid, reason)
        await self.manager.disconnect(sid, NAMESPACE, ignore_queue=True)

    async def _too_large(self, eio_sid: str, data: str) -> None:
        start = EVENT_START.match(data)
        if start is None or self.manager.sid_from_eio_sid(eio_sid, NAMESPACE) is None:
            self.cut(eio_sid, "packet too large")
        else:
            number = int(start[1]) if start[1] else None
            await self._refuse(eio_sid, number, TooLarge(f"the event is over {EVENT_BYTES} bytes"))

    async def _refuse(self, eio_sid: str, ack: int | None, error: AwazError) -> None:
        # What is no event of ours is counted like one.
        error = await self._terms.counted(self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)) or error
        if ack is not None:
            data = [{"ok": False, "error": error.body()}]
            await self._send_packet(eio_sid, self.packet_class(packet.ACK, namespace=NAMESPACE, id=ack, data=data))


def _is_event(received: Any) -> bool:  # noqa: ANN401 - the library's packet
    """Say whether an EVENT is what the protocol makes it: a list that is not empty, without attachments."""
    return isinstance(received.data, list) and bool(received.data) and not received.attachment_count
