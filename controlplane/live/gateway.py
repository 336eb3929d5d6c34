"""The gateway: lets sockets in, brings what they send to who answers it, and sends away who may not stay."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from pydantic import ValidationError

from controlplane.accounts.actor import GUEST_PREFIX, Actor
from controlplane.accounts.rules import Claims
from controlplane.accounts.service import Accounts
from controlplane.config import Settings
from controlplane.errors import (
    BROKEN,
    AwazError,
    Busy,
    Forbidden,
    InvalidInput,
    TooFast,
    TooSlow,
    Unauthenticated,
    Upstream,
)
from controlplane.events import (
    LAST_VALUE,
    AuthEnded,
    AuthExpired,
    AuthRefresh,
    AuthRoles,
    GoingAway,
    Request,
    SocketEvent,
)
from controlplane.live.admission import RESTART_S
from controlplane.live.line import Backlog, Line
from controlplane.live.server import NAMESPACE, Terms
from controlplane.live.server import make as make_server
from controlplane.permissions import Permission
from controlplane.quotas import Quota
from controlplane.ratelimit import RateLimiter
from controlplane.refusals import Refusals
from controlplane.web.peers import ADDRESS
from controlplane.web.routes import explain

log = structlog.get_logger()

PING_INTERVAL_S = 25
PING_TIMEOUT_S = 10
EXPIRED_GRACE_S = 60.0
FULL_RETRY_S = 30.0
LATELY = 5_000
"""So many of those who left last can still be sent away, by whoever was busy reading what they said."""
AT_ONCE = 200
"""So many sockets are looked at before others have a turn."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room, and what somebody must be allowed to be in it."""

    name: str
    permission: Permission
    slug: str | None = None


@dataclass(slots=True)
class Socket:
    """One connected client. `rooms` are those it is in, by name; `closes_at` is set when its token has run out.

    `stations` are those it joined; the gateway's answerers keep it.
    """

    sid: str
    actor: Actor
    claims: Claims
    address: str
    rooms: dict[str, Room] = field(default_factory=dict)
    stations: set[str] = field(default_factory=set)
    closes_at: float | None = None
    sent_away: bool = False


Answerer = Callable[[Socket, Any], Awaitable[dict[str, Any]]]


class Gateway:
    """Owns the Socket.IO server and the sockets on it."""

    def __init__(self, accounts: Accounts, limiter: RateLimiter, settings: Settings, refusals: Refusals) -> None:
        self._accounts = accounts
        self._limiter = limiter
        self._refusals = refusals
        self._settings = settings.gateway
        self._sockets: dict[str, Socket] = {}
        self._by_user: Counter[str] = Counter()
        self._lately: dict[str, tuple[str, str]] = {}
        self._left: list[Callable[[Socket], None]] = []
        self._allowed_more: list[Callable[[Socket], Awaitable[None]]] = []
        self._origins = frozenset(settings.http.origins)
        self._site = settings.http.public_url.rstrip("/")
        self._leaving = False
        own = settings.gateway
        backlog = Backlog(own.backlog_bytes, own.backlog_events)
        self.server = make_server(
            Terms(own.connect_within_s, self._connect, self._refused, backlog, LAST_VALUE, refusals.insight),
            async_mode="aiohttp",
            transports=["websocket"],
            cors_allowed_origins=self._origin_allowed,
            async_handlers=False,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
        )
        self.server.on("disconnect", self._disconnect)
        self.answer(AuthRefresh, self._refresh)
        accounts.standing.on_change(self.review)

    @property
    def connected(self) -> int:
        """How many sockets are connected."""
        return len(self._sockets)

    def sockets(self) -> list[Socket]:
        """List the connected sockets."""
        return list(self._sockets.values())

    def seen(self, user_id: str) -> tuple[str, str] | None:
        """Return the name and address of somebody who is connected, or was lately."""
        here = ((socket.actor.name, socket.address) for socket in self._sockets.values() if socket.actor.id == user_id)
        return next(here, None) or self._lately.get(user_id)

    def answer(self, request: type[Request], answerer: Answerer) -> None:
        """Have a declared event answered; raise TypeError if it names no permission or no quota."""
        named = getattr(request, "permission", None), getattr(request, "quota", None)
        if not isinstance(named[0], Permission) or not isinstance(named[1], Quota):
            raise TypeError(f"{request.name} names no permission or no quota")

        async def handle(sid: str, *bodies: object) -> dict[str, Any]:
            try:
                async with asyncio.timeout(self._settings.answer_within_s):
                    return {"ok": True, **await self._answered(request, answerer, sid, bodies)}
            except TimeoutError:
                return {"ok": False, "error": TooSlow("that took too long on our side").body()}
            except AwazError as error:
                return {"ok": False, "error": error.body()}
            except Exception:  # noqa: BLE001 - the one place that turns our own faults into acks
                self._refusals.fault("event failed", request.name, exc_info=True)
                return {"ok": False, "error": BROKEN}

        self.server.on(request.name, handle)
        self.server.allowed |= {request.name}

    def on_leave(self, callback: Callable[[Socket], None]) -> None:
        """Call back when a socket is gone."""
        self._left.append(callback)

    def on_rights(self, callback: Callable[[Socket], Awaitable[None]]) -> None:
        """Call back when what a socket may do has changed; what it may not any more is taken away already."""
        self._allowed_more.append(callback)

    async def emit(self, name: str, body: dict[str, Any], rooms: list[str]) -> None:
        """Send an event to rooms, each socket once; sockets that have others waiting are spared last values."""
        await self.server.emit(name, body, room=rooms if len(rooms) > 1 else rooms[0])

    async def catch_up(self, name: str, body: dict[str, Any], room: str) -> None:
        """Send the newest of a last-value event to the sockets that were spared an earlier one."""
        if self.server.fanout is not None:
            await self.server.fanout.catch_up(name, body, NAMESPACE, room)

    def behind(self, name: str, room: str) -> bool:
        """Say whether a socket in a room was spared a last-value event."""
        return self.server.fanout is not None and self.server.fanout.roster.behind(room, name)

    def count(self, room: str) -> int:
        """Return how many sockets are in a room."""
        if self.server.fanout is not None:
            return self.server.fanout.roster.count(room)
        return sum(room in socket.rooms for socket in self._sockets.values())

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms with somebody in them."""
        if self.server.fanout is not None:
            return self.server.fanout.roster.rooms
        return frozenset(room for socket in self._sockets.values() for room in socket.rooms)

    def lines(self) -> list[Line]:
        """List the lines of all connections."""
        return self.server.lines()

    def knows(self, socket: Socket, room: str, seq: int) -> None:
        """Note that a socket in a room was told of everything up to a seq: what is on its way of that is not for it."""
        connection = self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(socket.sid, NAMESPACE))
        if self.server.fanout is not None and connection is not None and connection.line is not None:
            self.server.fanout.roster.knows(room, connection.line, seq)

    async def enter(self, socket: Socket, room: Room) -> None:
        """Put a socket in a room; raise Forbidden or Banned."""
        socket.actor.must(room.permission, room.slug)
        socket.rooms[room.name] = room
        await self.server.enter_room(socket.sid, room.name)

    async def leave(self, socket: Socket, room: Room) -> None:
        """Take a socket out of a room."""
        if socket.rooms.pop(room.name, None) is not None:
            await self.server.leave_room(socket.sid, room.name)

    async def review(self) -> None:
        """Look at every socket again after what people may do has changed."""
        for place, socket in enumerate(self.sockets()):
            if place % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            heir = self._accounts.standing.heir(socket.claims.subject)
            if heir is not None:
                # A guest who has become a user goes on where it is, until the guest's token would have run out.
                socket.claims = replace(socket.claims, subject=heir.user_id, session=heir.session)
            await self._judge(socket)

    async def expire(self) -> None:
        """Tell the sockets whose tokens have run out, and close those that were told a minute ago."""
        now = time.time()
        for socket in self.sockets():
            if socket.actor.banned:
                await self._judge(socket)  # the ban may be over
            if socket.claims.expires_at > now:
                continue
            if socket.closes_at is None:
                socket.closes_at = time.monotonic() + EXPIRED_GRACE_S
                await self._tell(socket, AuthExpired(closes_in_ms=int(EXPIRED_GRACE_S * 1000)))
            elif time.monotonic() >= socket.closes_at:
                self.server.finish(socket.sid, "token expired")

    async def close(self, come_back_ms: Callable[[], int]) -> None:
        """Tell everybody when to come back, and close every connection; nobody new is let in."""
        self._leaving = True
        for place, socket in enumerate(self.sockets()):
            if place % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            await self._tell(socket, GoingAway(retry_after_ms=come_back_ms()))
        self.server.finish_all("going away")
        await self.server.shutdown()

    async def _answered(
        self, request: type[Request], answerer: Answerer, sid: str, bodies: tuple[object, ...]
    ) -> dict[str, Any]:
        socket = self._sockets.get(sid)
        if socket is None:
            raise Unauthenticated("connect first")
        # Counted before anything is looked at, so that a wrong body costs as much as a right one.
        await self._limiter.spend(request.quota, user=socket.actor.id, address=socket.address)
        if socket.sent_away:
            raise Unauthenticated("connect again")
        if socket.closes_at is not None and request is not AuthRefresh:
            raise Unauthenticated("the token has expired: send auth:refresh")
        asked = self._read(request, bodies)
        slug = getattr(asked, "station", None)
        socket.actor.must(request.permission, slug)
        if slug is not None:
            await self._limiter.spend(request.quota, station=slug)
        return await answerer(socket, asked)

    async def _refresh(self, socket: Socket, asked: AuthRefresh) -> dict[str, Any]:
        claims = await self._accounts.claims(asked.token)
        actor = await self._accounts.standing.actor(claims, socket.address)
        if claims.subject != socket.claims.subject and not socket.actor.id.startswith(GUEST_PREFIX):
            raise Forbidden("the token is somebody else's: connect again with it")
        if actor.id != socket.actor.id:
            self._room_for(actor.id)
        socket.claims, socket.closes_at = claims, None
        await self._become(socket, actor)
        return {"expires_in": max(0, int(claims.expires_at - time.time()))}

    async def _judge(self, socket: Socket) -> None:
        try:
            actor = await self._accounts.standing.actor(socket.claims, socket.address)
        except Upstream as error:
            log.info("a socket's rights are not known now and stay", reason=str(error))
        except AwazError as error:
            await self._send_away(socket, error)
        else:
            sent_away = next((actor.banned[slug] for slug in socket.stations if slug in actor.banned), None)
            if sent_away is not None:
                await self._send_away(socket, Forbidden(sent_away), "banned")
            elif actor != socket.actor:
                await self._become(socket, actor)

    async def _become(self, socket: Socket, actor: Actor) -> None:
        if self._sockets.get(socket.sid) is not socket:
            return  # it went away meanwhile, and is counted off
        before, socket.actor = socket.actor, actor
        self._count(before.id, -1)
        self._count(actor.id, +1)
        if (before.id, before.role, before.at) == (actor.id, actor.role, actor.at):
            return
        for room in list(socket.rooms.values()):
            if not actor.may(room.permission, room.slug):
                await self.leave(socket, room)
        for callback in self._allowed_more:
            await callback(socket)
        await self._tell(socket, AuthRoles(role=actor.role, stations=dict(actor.at)))

    async def _send_away(self, socket: Socket, error: AwazError, code: str | None = None) -> None:
        log.info("sent away", user=socket.actor.id, reason=str(error))
        socket.sent_away = True
        await self._tell(socket, AuthEnded(code=code or error.code, message=str(error)))
        self.server.finish(socket.sid, "sent away")

    async def _tell(self, socket: Socket, event: SocketEvent) -> None:
        await self.server.emit(event.name, event.wire(), room=socket.sid)

    def _origin_allowed(self, origin: str | None, environ: dict[str, Any]) -> bool:
        if origin is None or origin in self._origins:
            return True
        if self._site:
            return origin == self._site
        # Nobody has said yet under which name the pages are reached.
        return urlsplit(origin).netloc == str(environ["aiohttp.request"].headers.get("Host"))

    async def _connect(self, sid: str, request: web.Request, auth: object) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(self._settings.answer_within_s):
                self._sockets[sid] = await self._let_in(sid, request[ADDRESS], auth)
        except TimeoutError:
            return TooSlow("that took too long on our side").body()
        except AwazError as error:
            return error.body()
        except Exception as error:  # noqa: BLE001 - the one place that turns our own faults into refusals
            self._refusals.fault("handshake failed", type(error).__name__, exc_info=True)
            return BROKEN
        return None

    async def _let_in(self, sid: str, address: str, auth: object) -> Socket:
        claims = await self._accounts.claims(auth.get("token") if isinstance(auth, dict) else None)
        actor = await self._accounts.standing.actor(claims, address)
        actor.must(Permission.STATION_LISTEN)
        if self._leaving:
            raise Busy("the server is going away: come back in a moment", RESTART_S)
        self._room_for(actor.id)
        self._count(actor.id, +1)
        return Socket(sid, actor, claims, address)

    async def _disconnect(self, sid: str, _reason: str | None = None) -> None:
        socket = self._sockets.pop(sid, None)
        if socket is not None:
            self._count(socket.actor.id, -1)
            self._remember(socket)
            for callback in self._left:
                callback(socket)

    def _room_for(self, user_id: str) -> None:
        most = self._settings.connections_per_user
        if self._by_user[user_id] >= most:
            raise TooFast(f"{most} sockets of yours are open already", FULL_RETRY_S)

    def _remember(self, socket: Socket) -> None:
        self._lately.pop(socket.actor.id, None)
        self._lately[socket.actor.id] = socket.actor.name, socket.address
        if len(self._lately) > LATELY:
            del self._lately[next(iter(self._lately))]

    async def _refused(self, sid: str) -> AwazError | None:
        socket = self._sockets.get(sid)
        if socket is None:
            return None
        try:
            await self._limiter.spend(Quota.CONTROL, user=socket.actor.id, address=socket.address)
        except TooFast as error:
            return error
        return None

    def _count(self, user_id: str, change: int) -> None:
        self._by_user[user_id] += change
        if not self._by_user[user_id]:
            del self._by_user[user_id]

    @staticmethod
    def _read(request: type[Request], bodies: tuple[object, ...]) -> Request:
        if len(bodies) > 1:
            raise InvalidInput("an event has one body")
        try:
            return request.model_validate(bodies[0] if bodies and bodies[0] is not None else {})
        except ValidationError as error:
            raise InvalidInput(explain(error)) from error
