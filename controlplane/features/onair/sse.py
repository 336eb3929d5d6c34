"""Following a station by server-sent events: the same events as the sockets', for clients that only read."""

from dataclasses import dataclass

from aiohttp import web

from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.service import OnAir
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.live.broker import Broker, LogId
from controlplane.live.message import enveloped, station_room
from controlplane.live.snapshots import Snapshots
from controlplane.live.sse import HEADERS, EventStreams, event, last_position
from controlplane.protocol.onair_views import EventsQuery
from controlplane.runtime.metrics import Metrics
from controlplane.web.routes import API, Call, Route, get

LAST_EVENT_ID = "Last-Event-ID"


@dataclass(frozen=True, slots=True)
class EventStreamRoutes:
    """`GET stations/{slug}/events`."""

    event_streams: EventStreams
    broker: Broker
    read_model: ReadModel
    snapshots: Snapshots
    onair: OnAir
    metrics: Metrics

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
        """Send a station's events as they happen: after `Last-Event-ID` all that was missed, or else a `snapshot`."""
        slug = call.slug
        self.read_model.require(slug)
        response, writer = await self.event_streams.begin(call.request)
        if writer is None or self.read_model.get(slug) is None:
            return response
        seq = self.broker.position(LogId(slug)).seq
        self.event_streams.enter(writer, station_room(slug), seq, self._first(slug, call))
        self.onair.count_changed(slug)
        try:
            await self.event_streams.until_closed(writer)
        finally:
            self.onair.count_changed(slug)
        return response

    def _first(self, slug: str, call: Call) -> list[bytes]:
        """Return the events that a reader begins with."""
        # A page that begins anew cannot set headers, and may have kept the id.
        seen = last_position(call.request.headers.get(LAST_EVENT_ID) or call.query(EventsQuery).last_event_id)
        log = LogId(slug)
        missed = self.broker.since(log, *seen) if seen is not None else None
        outcome = "first" if seen is None else "no" if missed is None else "yes"
        self.metrics.joined.labels(outcome).inc()
        if missed is None:
            position = self.broker.position(log)
            return [event("snapshot", self.snapshots.of(slug), position)]
        return [
            event(entry.name, enveloped(slug, entry.position, entry.position.at, entry.body), entry.position)
            for entry in missed
        ]
