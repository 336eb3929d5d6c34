"""Following a station by server-sent events: the same events as the sockets', for clients that only read."""

from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import web

from controlplane.access.cache import AccessCache
from controlplane.access.claims import Claims
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.service import OnAir
from controlplane.kernel.errors import AwazError, Upstream
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.live.broker import Broker, LogId
from controlplane.live.message import chat_room, enveloped, station_room
from controlplane.live.snapshots import Snapshots
from controlplane.live.sse import HEADERS, EventStreams, event, last_position
from controlplane.live.writer import BoundedWriter
from controlplane.protocol.chat import ChatPart
from controlplane.protocol.delivery import Log
from controlplane.protocol.onair_views import EventsQuery
from controlplane.runtime.metrics import Metrics
from controlplane.web.routes import API, Call, Route, get

LAST_EVENT_ID = "Last-Event-ID"


class Reader(NamedTuple):
    """A reader of a station's events, as it can be recognised; `claims` are None without a token."""

    slug: str
    claims: Claims | None
    address: str


@dataclass(frozen=True, slots=True)
class EventStreamRoutes:
    """`GET stations/{slug}/events`."""

    event_streams: EventStreams
    broker: Broker
    read_model: ReadModel
    snapshots: Snapshots
    onair: OnAir
    metrics: Metrics
    cache: AccessCache
    _readers: dict[BoundedWriter, Reader] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """List the routes."""
        media = HEADERS["Content-Type"].partition(";")[0]
        return [
            get(
                f"{API}/stations/{{slug}}/events",
                self.follow,
                permission=Permission.PUBLIC,
                quota=Quota.HANDSHAKE,
                query=EventsQuery,
                media=media,
                held=True,
            )
        ]

    async def follow(self, call: Call) -> web.StreamResponse:
        """Send a station's events as they happen: after `Last-Event-ID` all that was missed, or else a `snapshot`.

        A public chat is sent to those who are not banned; after `Last-Event-ID` it begins with a `chat:snapshot`.
        """
        slug = call.slug
        self.read_model.require(slug)
        response, writer = await self.event_streams.begin(call.request)
        if writer is None or self.read_model.get(slug) is None:
            return response
        reader = Reader(slug, call.claims, call.address)
        is_banned = slug in call.actor.banned or self._is_banned(reader)
        reads_chat = not is_banned and self.event_streams.is_open(chat_room(slug))
        # No await from here on: nothing can be published between the positions and what a reader begins with.
        self.event_streams.begin_with(writer, self._first(slug, call, reads_chat=reads_chat))
        self.event_streams.enter(writer, station_room(slug), self.broker.position(LogId(slug)))
        if reads_chat:
            chat = LogId(slug, Log.CHAT)
            self.event_streams.enter(writer, chat_room(slug), self.broker.position(chat), Log.CHAT)
        self._readers[writer] = reader
        self.onair.count_changed(slug)
        try:
            await self.event_streams.until_closed(writer)
        finally:
            del self._readers[writer]
            self.onair.count_changed(slug)
        return response

    async def check_access(self) -> None:
        """Send no more of the chat to those who have been banned."""
        for writer, reader in list(self._readers.items()):
            if await self._has_lost_access(reader):
                self.event_streams.transport.rooms.leave(chat_room(reader.slug), writer)

    async def _has_lost_access(self, reader: Reader) -> bool:
        if reader.claims is None:
            return self._is_banned(reader)
        try:
            actor = await self.cache.actor(reader.claims, reader.address)
        except Upstream:
            return False
        except AwazError:
            return True
        return reader.slug in actor.banned

    def _is_banned(self, reader: Reader) -> bool:
        """Say whether a reader without a token is somebody who was banned: that is known of addresses only."""
        return reader.claims is None and self.cache.bans_new_guests(reader.address, reader.slug)

    def _first(self, slug: str, call: Call, *, reads_chat: bool) -> list[bytes]:
        """Return the events that a reader begins with."""
        # A page that begins anew cannot set headers, and may have kept the id.
        seen = last_position(call.request.headers.get(LAST_EVENT_ID) or call.query(EventsQuery).last_event_id)
        log = LogId(slug)
        missed = self.broker.since(log, *seen) if seen is not None else None
        outcome = "first" if seen is None else "no" if missed is None else "yes"
        self.metrics.joined.labels(outcome).inc()
        if missed is None:
            position = self.broker.position(log)
            return [event("snapshot", self.snapshots.of(slug, without=None if reads_chat else ChatPart), position)]
        # An event's id is a position in one log: the chat begins anew.
        chat = [event("chat:snapshot", self.snapshots.part(slug, ChatPart), None)] if reads_chat else []
        return chat + [
            event(entry.name, enveloped(slug, entry.position, entry.position.at, entry.body), entry.position)
            for entry in missed
        ]
