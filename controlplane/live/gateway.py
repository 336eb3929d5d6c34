"""The gateway: lets sockets in, and brings what they send to who answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import socketio
import structlog
from pydantic import ValidationError

from controlplane.accounts.service import Accounts, Actor
from controlplane.errors import AwazError, InvalidInput, Unauthenticated
from controlplane.events import Request
from controlplane.live.server import make as make_server
from controlplane.web.routes import explain

log = structlog.get_logger()

EVENT_BYTES = 64 * 1024
PING_INTERVAL_S = 25
PING_TIMEOUT_S = 10


@dataclass(slots=True)
class Socket:
    """One connected client. `stations` are those it joined; the gateway's answerers keep it."""

    sid: str
    actor: Actor
    stations: set[str] = field(default_factory=set)


Answerer = Callable[[Socket, Any], Awaitable[dict[str, Any]]]


class Gateway:
    """Owns the Socket.IO server and the sockets on it."""

    def __init__(self, accounts: Accounts, origins: list[str]) -> None:
        self._accounts = accounts
        self._sockets: dict[str, Socket] = {}
        self._left: list[Callable[[Socket], None]] = []
        self._origins = frozenset(origins)
        self.server = make_server(
            async_mode="aiohttp",
            transports=["websocket"],
            cors_allowed_origins=self._origin_allowed,
            async_handlers=False,
            max_http_buffer_size=EVENT_BYTES,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
        )
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)

    @property
    def connected(self) -> int:
        """How many sockets are connected."""
        return len(self._sockets)

    def sockets(self) -> list[Socket]:
        """List the connected sockets."""
        return list(self._sockets.values())

    def answer(self, request: type[Request], answerer: Answerer) -> None:
        """Have a declared event answered: checked against its model and permission first, errors made acks."""

        async def handle(sid: str, body: object = None, *_more: object) -> dict[str, Any]:
            socket = self._sockets.get(sid)
            try:
                if socket is None:
                    raise Unauthenticated("connect first")
                asked = self._read(request, body)
                socket.actor.must(request.permission, getattr(asked, "station", None))
                return {"ok": True, **await answerer(socket, asked)}
            except AwazError as error:
                return {"ok": False, "error": error.body()}
            except Exception:  # the translator for sockets: a fault of ours must still be an ack
                log.exception("event failed", event_name=request.name)
                error_body = {"code": "internal", "message": "something broke on our side", "retryable": True}
                return {"ok": False, "error": error_body}

        self.server.on(request.name, handle)
        self.server.allowed |= {request.name}

    def on_leave(self, callback: Callable[[Socket], None]) -> None:
        """Call back when a socket is gone."""
        self._left.append(callback)

    async def emit(self, name: str, body: dict[str, Any], rooms: list[str]) -> None:
        """Send a message to rooms, each socket once."""
        await self.server.emit(name, body, room=rooms if len(rooms) > 1 else rooms[0])

    async def enter(self, socket: Socket, room: str) -> None:
        """Put a socket in a room."""
        await self.server.enter_room(socket.sid, room)

    async def leave(self, socket: Socket, room: str) -> None:
        """Take a socket out of a room."""
        await self.server.leave_room(socket.sid, room)

    async def close(self) -> None:
        """Close every socket."""
        await self.server.shutdown()
        for sid in list(self._sockets):
            await self.server.disconnect(sid)

    def _origin_allowed(self, origin: str | None, environ: dict[str, Any]) -> bool:
        if origin is None or origin in self._origins:
            return True
        return urlsplit(origin).netloc == environ.get("HTTP_HOST")

    async def _connect(self, sid: str, _environ: dict[str, Any], auth: object = None) -> None:
        try:
            actor = await self._accounts.actor(auth.get("token") if isinstance(auth, dict) else None)
        except AwazError as error:
            raise socketio.exceptions.ConnectionRefusedError(str(error), error.body()) from error
        except Exception as error:  # anything else would leave the client half inside
            log.exception("handshake failed")
            body = {"code": "internal", "message": "something broke on our side", "retryable": True}
            raise socketio.exceptions.ConnectionRefusedError(body["message"], body) from error
        self._sockets[sid] = Socket(sid, actor)

    async def _disconnect(self, sid: str, _reason: str | None = None) -> None:
        socket = self._sockets.pop(sid, None)
        if socket is not None:
            for callback in self._left:
                callback(socket)

    @staticmethod
    def _read(request: type[Request], body: object) -> Request:
        try:
            return request.model_validate({} if body is None else body)
        except ValidationError as error:
            raise InvalidInput(explain(error)) from error
