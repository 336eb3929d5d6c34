"""The overrides of python-socketio and python-engineio, whose private parts are checked at start.

The packets as the library reads them are in `packets.py`.

What the stock server lets a client do, and this one does not: call its `connect` and `disconnect` handlers with a
made-up environment, keep memory with attachments that never come, stay without a CONNECT, connect twice on one
WebSocket, and leave a member behind by going away during the handshake. Broadcasts do not go through the library: it
makes a task for every recipient, 72 µs each, and looks through every room when a client leaves.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import engineio
import socketio
from aiohttp.web import Request, WebSocketResponse
from engineio.async_socket import AsyncSocket
from engineio.packet import Packet as EnginePacket
from socketio import packet

from controlplane.kernel.errors import AwazError, ConfigError, Forbidden, InvalidInput, TooLarge
from controlplane.live.sockets import packets
from controlplane.live.sockets.connection import Connection, ConnectionOptions, text_frame
from controlplane.live.sockets.packets import FRAME_BYTES, NAMESPACE
from controlplane.live.writer import Backlog, BoundedWriter
from controlplane.protocol.disconnect import Disconnect
from controlplane.protocol.errors import ErrorBody
from controlplane.protocol.sockets import EVENT_BYTES
from controlplane.runtime.metrics import Metrics

MAX_CONNECTS = 3
"""Tries of a CONNECT on one WebSocket: a client whose token was refused may send another at once."""
RECHECK_INTERVAL_S = 1.0
CONNECT_TIMEOUT_JITTER = 0.1
REQUIRED: dict[type[object], tuple[str, ...]] = {
    socketio.AsyncServer: (
        "_handle_eio_connect",
        "_handle_eio_message",
        "_handle_eio_disconnect",
        "_handle_disconnect",
        "_trigger_event",
        "_send_packet",
        "_engineio_server_class",
    ),
    socketio.AsyncManager: ("basic_enter_room", "sid_from_eio_sid", "eio_sid_from_sid", "is_connected"),
    engineio.AsyncServer: ("generate_id", "handle_request"),
    AsyncSocket: ("close", "send"),
}
"""What is overridden or called below; without these the daemon does not start."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the server asks the gateway. A socket is named by its `sid`.

    `authenticate` gets the sid, the HTTP request, the CONNECT's data and the writer, and returns the refusal, if any.
    `dispatch` gets the sid, an event's name and its arguments, and returns the ack's body as JSON; `reject` does so for
    what was not even read. `disconnected` is told when a socket is gone.
    """

    connect_timeout_s: float
    ping_interval_s: float
    ping_timeout_s: float
    backlog: Backlog
    metrics: Metrics
    origin_allowed: Callable[[str | None, dict[str, Any]], bool]
    authenticate: Callable[[str, Request, object, BoundedWriter], Awaitable[ErrorBody | None]]
    dispatch: Callable[[str, object, list[object]], Awaitable[bytes]]
    reject: Callable[[str, AwazError], Awaitable[bytes]]
    disconnected: Callable[[str], None]


def missing_parts() -> list[str]:
    """Name the parts that the installed libraries do not have."""
    return [
        f"{owner.__name__}.{name}" for owner, names in REQUIRED.items() for name in names if not hasattr(owner, name)
    ]


class EngineSocket(AsyncSocket):
    """The library's socket, as a handle of our connection."""

    def __init__(self, server: "Engine", sid: str) -> None:
        super().__init__(server, sid)
        options = ConnectionOptions(server.ping_interval, server.ping_timeout, FRAME_BYTES, server.backlog)
        self.connection = Connection(sid, options, lambda text: server.handlers["message"](sid, text))
        self.connected = self.upgraded = True

    async def send(self, pkt: EnginePacket) -> None:
        """Send a packet."""
        self.connection.send(pkt.encode())

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the session, and with it the connection: what was written goes out, nothing more is read."""
        await super().close(wait=wait, abort=abort, reason=reason)
        self.connection.finish(Disconnect.BY_CLIENT)


class Engine(engineio.AsyncServer):
    """The library's engine, over our connections."""

    backlog: Backlog
    metrics: Metrics
    sockets: dict[str, EngineSocket]

    async def handle_request(self, request: Request) -> WebSocketResponse:
        """Serve a WebSocket; raise InvalidInput for any other request, Forbidden for a page of an unknown origin."""
        environ = {"aiohttp.request": request}
        upgrade, version = request.headers.get("Upgrade", "").lower(), request.headers.get("Sec-WebSocket-Version")
        if (request.method, request.query.get("EIO"), upgrade, version) != ("GET", "4", "websocket", "13"):
            raise InvalidInput("connect with a WebSocket, and version 4 of the protocol: EIO=4&transport=websocket")
        if "sid" in request.query:
            raise InvalidInput("there is nothing to upgrade: connect without a sid")
        if not self.cors_allowed_origins(request.headers.get("Origin"), environ):
            raise Forbidden("pages of that origin may not connect: it is not one of http.origins")
        own = EngineSocket(self, self.generate_id())
        connection = own.connection
        # Before anybody is told of it: a handshake that fails must leave nothing to clean up.
        socket = await connection.open(request)
        self.sockets[own.sid] = own
        await self.handlers["connect"](own.sid, environ)
        try:
            await connection.serve(socket)
        finally:
            timed_out = connection.reason is Disconnect.PING_TIMEOUT
            reason = self.reason.PING_TIMEOUT if timed_out else self.reason.TRANSPORT_CLOSE
            await own.close(wait=False, abort=True, reason=reason)
            self.sockets.pop(own.sid, None)
            self.metrics.closed.labels(connection.reason.label).inc()
            await _release_frames(socket)
        return socket


async def _release_frames(socket: WebSocketResponse) -> None:
    """Drop the traceback that a closed WebSocket keeps.

    Its error holds the frames it went through, and they hold it: ten kilobytes a connection, which only a full garbage
    collection would free.
    """
    await socket.close()  # or aiohttp does, later
    error = socket.exception()
    if error is not None:
        error.__traceback__ = error.__context__ = None


class Manager(socketio.AsyncManager):
    """Knows who is connected. Rooms are ours, in `RoomIndex`."""

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Note a connected client; its room of one, which each disconnect would look through, is left out."""
        if room is None:
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)


class Server(socketio.AsyncServer):
    """The library's server: declared events only, small text packets, and no half-connected members."""

    def __init__(self, options: ServerOptions) -> None:
        if missing_parts():
            raise ConfigError([f"this python-socketio cannot be guarded: it has no {', '.join(missing_parts())}"])
        super().__init__(
            Manager(),
            namespaces=[NAMESPACE],
            serializer=packets.Packet,
            async_mode="aiohttp",
            async_handlers=False,
            transports=["websocket"],
            cors_allowed_origins=options.origin_allowed,
            max_http_buffer_size=FRAME_BYTES,
            ping_interval=options.ping_interval_s,
            ping_timeout=options.ping_timeout_s,
        )
        self._options = options
        self._engine: Engine = self.eio  # type: ignore[assignment]  # made by _engineio_server_class
        self._engine.backlog, self._engine.metrics = options.backlog, options.metrics
        self.on("disconnect", self._on_disconnect)

    def finish(self, sid: str, reason: Disconnect) -> None:
        """Close a client's connection: what was written goes out, nothing more is read."""
        own = self._engine.sockets.get(self.manager.eio_sid_from_sid(sid, NAMESPACE) or "")
        if own is not None:
            own.connection.finish(reason)

    def finish_all(self, reason: Disconnect) -> None:
        """Close every connection, authenticated or not."""
        for own in tuple(self._engine.sockets.values()):
            own.connection.finish(reason)

    def writers(self) -> list[BoundedWriter]:
        """List the writers of all connections."""
        found = (own.connection.writer for own in self._engine.sockets.values())
        return [writer for writer in found if writer is not None]

    def _engineio_server_class(self) -> type[engineio.AsyncServer]:
        return Engine

    def _cut(self, eio_sid: str, reason: Disconnect) -> None:
        own = self._engine.sockets.get(eio_sid)
        if own is not None:
            own.connection.cut(reason)

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        # Those who came at once are not cut at once: the loop would stand still.
        jitter = random.uniform(1.0, 1.0 + CONNECT_TIMEOUT_JITTER)  # noqa: S311 - a spread, no secret
        timeout_s = self._options.connect_timeout_s * jitter
        asyncio.get_running_loop().call_later(timeout_s, self._check_connected, eio_sid)

    def _check_connected(self, eio_sid: str) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if eio_sid in self.environ and sid is None:
            self._cut(eio_sid, Disconnect.NO_CONNECT)
        elif eio_sid in self.environ and not self.manager.is_connected(sid, NAMESPACE):
            # It is being authenticated just now.
            asyncio.get_running_loop().call_later(RECHECK_INTERVAL_S, self._check_connected, eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        if not isinstance(data, str) or not data:
            self._cut(eio_sid, Disconnect.NO_PACKET)
        elif packets.is_too_large(data):
            await self._refuse_too_large(eio_sid, data)
        elif (received := packets.read(data)) is None:
            self._cut(eio_sid, Disconnect.BAD_PACKET)
        else:
            await self._take_packet(eio_sid, received)

    async def _take_packet(self, eio_sid: str, received: packet.Packet) -> None:
        namespace = received.namespace or NAMESPACE
        sid = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        other_namespace = namespace != NAMESPACE
        if received.packet_type == packet.CONNECT and (sid is None or other_namespace):
            await self._take_connect(eio_sid, namespace, received.data)
        elif sid is None or other_namespace:
            self._cut(eio_sid, Disconnect.PACKET_OUT_OF_PLACE)
        elif received.packet_type == packet.DISCONNECT:
            await self._handle_disconnect(eio_sid, namespace, self.reason.CLIENT_DISCONNECT)
            self._cut(eio_sid, Disconnect.DISCONNECTED)
        elif packets.is_event(received):
            if self.manager.is_connected(sid, NAMESPACE):
                name, *arguments = received.data
                self._acknowledge(eio_sid, received.id, await self._options.dispatch(sid, name, arguments))
        else:
            self._cut(eio_sid, Disconnect.BAD_PACKET)

    async def _take_connect(self, eio_sid: str, namespace: str, data: object) -> None:
        own = self._engine.sockets.get(eio_sid)
        if own is None:
            return
        own.connection.connects += 1
        writer = own.connection.writer
        if own.connection.connects > MAX_CONNECTS or writer is None:
            self._cut(eio_sid, Disconnect.TOO_MANY_CONNECTS)
            return
        if namespace != NAMESPACE:
            await self._answer_connect(eio_sid, packet.CONNECT_ERROR, namespace, {"message": "no such namespace"})
            return
        sid = await self.manager.pre_connect(eio_sid, NAMESPACE)
        request = self.environ[eio_sid]["aiohttp.request"]
        refusal = await self._options.authenticate(sid, request, data, writer)
        if refusal is not None:
            await self.manager.disconnect(sid, NAMESPACE, ignore_queue=True)
            body = {"message": refusal.message, "data": refusal.wire()}
            await self._answer_connect(eio_sid, packet.CONNECT_ERROR, NAMESPACE, body)
            return
        await self.manager.connect(sid, NAMESPACE)
        if eio_sid in self.environ:
            await self._answer_connect(eio_sid, packet.CONNECT, NAMESPACE, {"sid": sid})
        else:
            # It went away while it was being authenticated, and nobody else will clean up after it.
            self._options.disconnected(sid)
            await self.manager.disconnect(sid, NAMESPACE, ignore_queue=True)

    async def _answer_connect(self, eio_sid: str, kind: int, namespace: str, body: dict[str, Any]) -> None:
        await self._send_packet(eio_sid, self.packet_class(kind, namespace=namespace, data=body))

    async def _handle_disconnect(self, eio_sid: str, namespace: str | None, reason: str | None = None) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace or NAMESPACE)
        connected = self.manager.is_connected(sid, namespace or NAMESPACE)
        try:
            await super()._handle_disconnect(eio_sid, namespace, reason)
        finally:
            # Whatever the handler did: a member that stays would be counted for ever.
            if connected and sid is not None and self.manager.sid_from_eio_sid(eio_sid, namespace or NAMESPACE):
                await self.manager.disconnect(sid, namespace or NAMESPACE, ignore_queue=True)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        try:
            await super()._handle_eio_disconnect(eio_sid, reason)
        finally:
            self.environ.pop(eio_sid, None)

    async def _on_disconnect(self, sid: str, _reason: str | None = None) -> None:
        self._options.disconnected(sid)

    async def _refuse_too_large(self, eio_sid: str, data: str) -> None:
        is_event, number = packets.event_ack(data)
        sid = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if not is_event or sid is None:
            self._cut(eio_sid, Disconnect.PACKET_TOO_LARGE)
        else:
            error = TooLarge(f"the event is over {EVENT_BYTES} bytes")
            self._acknowledge(eio_sid, number, await self._options.reject(sid, error))

    def _acknowledge(self, eio_sid: str, number: int | None, body: bytes) -> None:
        own = self._engine.sockets.get(eio_sid)
        if number is not None and own is not None and own.connection.writer is not None:
            own.connection.writer.push(text_frame(packets.ack_text(number, body)))
