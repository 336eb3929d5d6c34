"""The Socket.IO gateway, put together: the library's server, sessions, dispatch, rooms and the transport."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from controlplane.access.client_address import ADDRESS
from controlplane.access.guard import Guard
from controlplane.kernel.clock import Clock
from controlplane.live.hub import Hub, Transport
from controlplane.live.message import Message
from controlplane.live.rooms import RoomIndex
from controlplane.live.sockets.connected import ConnectedSockets
from controlplane.live.sockets.connection import text_frame
from controlplane.live.sockets.dispatch import Dispatcher
from controlplane.live.sockets.library import Server, ServerOptions
from controlplane.live.sockets.packets import event_text
from controlplane.live.sockets.rooms import SocketRooms
from controlplane.live.writer import Backlog, BoundedWriter
from controlplane.protocol.disconnect import Disconnect
from controlplane.protocol.errors import ErrorBody
from controlplane.runtime.config import Settings
from controlplane.runtime.metrics import Metrics


def socket_transport(metrics: Metrics) -> Transport:
    """Return the transport of sockets: each message is one WebSocket frame, the same bytes for everybody."""
    return Transport(RoomIndex(metrics), _encode)


def _encode(message: Message) -> bytes:
    return text_frame(event_text(message.name, message.body))


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts that the rest of the daemon deals with."""

    server: Server
    connected: ConnectedSockets
    dispatcher: Dispatcher
    rooms: SocketRooms

    @classmethod
    def build(cls, settings: Settings, guard: Guard, hub: Hub, transport: Transport, clock: Clock) -> "Gateway":
        """Put the gateway together."""
        own = settings.gateway
        rooms = SocketRooms(transport)
        connected = ConnectedSockets(guard, hub, rooms, own, lambda sid, reason: server.finish(sid, reason), clock)  # noqa: PLW0108 - the server is built below
        dispatcher = Dispatcher(guard, connected, own.answer_timeout_s)

        async def authenticate(sid: str, request: web.Request, auth: object, writer: BoundedWriter) -> ErrorBody | None:
            return await connected.connect(sid, request[ADDRESS], auth, writer)

        server = Server(
            ServerOptions(
                connect_timeout_s=own.connect_timeout_s,
                ping_interval_s=own.ping_interval_s,
                ping_timeout_s=own.ping_timeout_s,
                backlog=Backlog(own.backlog_bytes, own.backlog_events),
                metrics=hub.metrics,
                origin_allowed=Origins(frozenset(settings.http.origins), settings.http.public_url.rstrip("/")).allow,
                authenticate=authenticate,
                dispatch=dispatcher.dispatch,
                reject=dispatcher.reject,
                disconnected=connected.disconnected,
            )
        )
        return cls(server, connected, dispatcher, rooms)

    async def close(self) -> None:
        """Close every connection."""
        self.server.finish_all(Disconnect.GOING_AWAY)
        await self.server.shutdown()


@dataclass(frozen=True, slots=True)
class Origins:
    """Which web pages may connect: our own, and those of `http.origins`."""

    allowed: frozenset[str]
    site: str

    def allow(self, origin: str | None, environ: dict[str, Any]) -> bool:
        """Say whether a page of an origin may connect; `environ` has the request."""
        if origin is None or origin in self.allowed:
            return True
        if self.site:
            return origin == self.site
        # Without a public URL, our pages are those of the name that the request was sent to.
        return urlsplit(origin).netloc == str(environ["aiohttp.request"].headers.get("Host"))
