"""The connected sockets: authenticated, kept up to date with their access, disconnected when they lose it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from controlplane.access.admission import MIN_RETRY_S
from controlplane.access.guard import Guard
from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import AwazError, Banned, Busy, ErrorCode, Forbidden, TooFast, Upstream
from controlplane.kernel.permissions import Permission
from controlplane.live.hub import Hub
from controlplane.live.sockets.rooms import Socket, SocketRooms
from controlplane.live.writer import BoundedWriter
from controlplane.protocol.accounts import AuthEnded, AuthExpired, AuthRefresh, AuthRoles, RefreshAnswer
from controlplane.protocol.disconnect import Disconnect
from controlplane.protocol.errors import BanNotice, ErrorBody
from controlplane.protocol.sockets import GoingAway
from controlplane.runtime.sections import GatewaySettings

log = structlog.get_logger()

EXPIRED_GRACE_S = 60.0
FULL_RETRY_S = 30.0
RECENT_USERS_KEPT = 5_000
"""Users who left recently and can still be banned: a moderator may act after they have gone."""
SOCKETS_PER_SLICE = 200
"""Sockets reviewed before other tasks have a turn."""


@dataclass(slots=True)
class ConnectedSockets:
    """The connected sockets, by sid. `finish` closes the connection of one."""

    guard: Guard
    hub: Hub
    rooms: SocketRooms
    settings: GatewaySettings
    finish: Callable[[str, Disconnect], None]
    clock: Clock
    _sockets: dict[str, Socket] = field(default_factory=dict)
    _by_user: Counter[str] = field(default_factory=Counter)
    _recent: dict[str, tuple[str, str]] = field(default_factory=dict)
    _on_disconnect: list[Callable[[Socket], None]] = field(default_factory=list)
    _on_access: list[Callable[[Socket], None]] = field(default_factory=list)
    _leaving: bool = False

    def __len__(self) -> int:
        """Return how many sockets are connected."""
        return len(self._sockets)

    @property
    def users(self) -> int:
        """How many users and guests have a socket."""
        return len(self._by_user)

    def all(self) -> list[Socket]:
        """List the connected sockets."""
        return list(self._sockets.values())

    def get(self, sid: str) -> Socket | None:
        """Return a connected socket."""
        return self._sockets.get(sid)

    def seen(self, user_id: str) -> tuple[str, str] | None:
        """Return the name and address of a user or guest who is connected, or was recently."""
        here = ((socket.actor.name, socket.address) for socket in self._sockets.values() if socket.actor.id == user_id)
        return next(here, None) or self._recent.get(user_id)

    def in_room(self, room: str) -> list[Actor]:
        """List the users and guests who have a socket in a room, each once."""
        return list(
            {socket.actor.id: socket.actor for socket in self._sockets.values() if room in socket.rooms}.values()
        )

    def on_disconnect(self, callback: Callable[[Socket], None]) -> None:
        """Call back when a socket is gone."""
        self._on_disconnect.append(callback)

    def on_access(self, callback: Callable[[Socket], None]) -> None:
        """Call back when a socket's access has changed; it has left the rooms that it may not be in any more."""
        self._on_access.append(callback)

    async def connect(self, sid: str, address: str, auth: object, writer: BoundedWriter) -> ErrorBody | None:
        """Let a socket in, or return why not."""
        try:
            async with asyncio.timeout(self.settings.answer_timeout_s):
                self._sockets[sid] = await self._authenticate(sid, address, auth, writer)
        except Exception as error:  # noqa: BLE001 - the guard turns our own faults into refusals
            return ErrorBody.of(self.guard.refusal(error, "handshake"))
        self.rooms.transport.writers[sid] = writer
        return None

    def disconnected(self, sid: str) -> None:
        """Forget a socket that is gone."""
        socket = self._sockets.pop(sid, None)
        if socket is None:
            return
        self.rooms.transport.writers.pop(sid, None)
        self.rooms.transport.rooms.leave_all(socket.writer)
        self._count(socket.actor.id, -1)
        self._remember(socket)
        for callback in self._on_disconnect:
            callback(socket)

    async def refresh(self, socket: Socket, request: AuthRefresh) -> RefreshAnswer:
        """Go on with another token of the same user, or with a user's where a guest was; raise Forbidden."""
        actor, claims = await self.guard.authenticator.authenticate(request.token, socket.address)
        signs_in = socket.actor.id.startswith(GUEST_PREFIX) and not actor.id.startswith(GUEST_PREFIX)
        if claims.subject != socket.claims.subject and not signs_in:
            raise Forbidden("the token is somebody else's: connect again with it")
        if actor.id != socket.actor.id:
            self._check_count(actor.id)
        socket.claims, socket.closes_at = claims, None
        self._set_actor(socket, actor)
        return RefreshAnswer(expires_in=max(0, int(claims.expires_at - self.clock.now_s())))

    async def review(self) -> None:
        """Look at every socket again after somebody's access has changed."""
        for number, socket in enumerate(self.all()):
            if number % SOCKETS_PER_SLICE == SOCKETS_PER_SLICE - 1:
                await asyncio.sleep(0)
            upgrade = self.guard.authenticator.cache.upgrade(socket.claims.subject)
            if upgrade is not None:
                # A guest who has become a user stays connected, until the guest's token would have expired.
                socket.claims = replace(socket.claims, subject=upgrade.user_id, session=upgrade.session)
            await self._review(socket)

    async def expire(self) -> None:
        """Tell the sockets whose tokens have expired, and close those that were told `EXPIRED_GRACE_S` ago."""
        now = self.clock.now_s()
        for socket in self.all():
            if socket.actor.banned:
                await self._review(socket)  # the ban may be over
            if socket.claims.expires_at > now:
                continue
            if socket.closes_at is None:
                socket.closes_at = self.clock.monotonic_s() + EXPIRED_GRACE_S
                self.hub.send(socket.sid, AuthExpired(closes_in_ms=int(EXPIRED_GRACE_S * 1000)))
            elif self.clock.monotonic_s() >= socket.closes_at:
                self.finish(socket.sid, Disconnect.TOKEN_EXPIRED)

    async def announce_shutdown(self, retry_after_ms: Callable[[], int]) -> None:
        """Let nobody in any more, and tell every socket when to come back."""
        self._leaving = True
        for number, socket in enumerate(self.all()):
            if number % SOCKETS_PER_SLICE == SOCKETS_PER_SLICE - 1:
                await asyncio.sleep(0)
            self.hub.send(socket.sid, GoingAway(retry_after_ms=retry_after_ms()))

    async def _authenticate(self, sid: str, address: str, auth: object, writer: BoundedWriter) -> Socket:
        token = auth.get("token") if isinstance(auth, dict) else None
        actor, claims = await self.guard.authenticator.authenticate(token, address)
        actor.must(Permission.STATION_LISTEN)
        if self._leaving:
            raise Busy("the server is going away: come back in a moment", MIN_RETRY_S)
        self._check_count(actor.id)
        self._count(actor.id, +1)
        return Socket(sid, actor, claims, address, writer)

    async def _review(self, socket: Socket) -> None:
        try:
            actor = await self.guard.authenticator.cache.actor(socket.claims, socket.address)
        except Upstream as error:
            log.info("access_review_failed", reason=str(error), fallback="last_known")
        except AwazError as error:
            ended = Disconnect.ACCESS_ENDED if error.code is ErrorCode.BANNED else Disconnect.SESSION_ENDED
            self._end(socket, error, ended)
        else:
            station = next((slug for slug in socket.stations if slug in actor.banned), None)
            if station is not None:
                self._end(socket, Banned(actor.banned[station], station), Disconnect.STATION_BANNED, station)
            elif actor != socket.actor:
                self._set_actor(socket, actor)

    def _set_actor(self, socket: Socket, actor: Actor) -> None:
        if self._sockets.get(socket.sid) is not socket:
            return  # it went away meanwhile, and is not counted any more
        before, socket.actor = socket.actor, actor
        self._count(before.id, -1)
        self._count(actor.id, +1)
        if (before.id, before.role, before.at) == (actor.id, actor.role, actor.at):
            return
        for room in list(socket.rooms.values()):
            if not actor.may(room.permission, room.slug):
                self.rooms.leave(socket, room)
        for callback in self._on_access:
            callback(socket)
        self.hub.send(socket.sid, AuthRoles.model_validate({"role": actor.role, "stations": dict(actor.at)}))

    def _end(self, socket: Socket, error: AwazError, ended: Disconnect, station: str | None = None) -> None:
        log.info("access_ended", user=socket.actor.id, reason=str(error))
        socket.access_ended = True
        ban = BanNotice.of(error.ban)
        self.hub.send(socket.sid, AuthEnded(code=error.code, message=str(error), station=station, ban=ban))
        self.finish(socket.sid, ended)

    def _check_count(self, user_id: str) -> None:
        allowed = self.settings.connections_per_user
        if self._by_user[user_id] >= allowed:
            raise TooFast(f"you have {allowed} connections open already", FULL_RETRY_S)

    def _count(self, user_id: str, change: int) -> None:
        self._by_user[user_id] += change
        if not self._by_user[user_id]:
            del self._by_user[user_id]

    def _remember(self, socket: Socket) -> None:
        self._recent.pop(socket.actor.id, None)
        self._recent[socket.actor.id] = socket.actor.name, socket.address
        if len(self._recent) > RECENT_USERS_KEPT:
            del self._recent[next(iter(self._recent))]
