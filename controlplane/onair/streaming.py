"""Following a station by server-sent events: the same stream as the sockets', for who only reads."""

from dataclasses import dataclass

from aiohttp import web

from controlplane.insight import Insight
from controlplane.live.hub import Hub, station_room
from controlplane.live.streams import HEADERS, Streams, message, position
from controlplane.onair.handlers import OnAirHandlers
from controlplane.onair.service import OnAir
from controlplane.permissions import Permission
from controlplane.quotas import Quota
from controlplane.web.routes import API, Call, Route

LAST_EVENT_ID = "Last-Event-ID"


@dataclass(frozen=True, slots=True)
class Streaming:
    """`GET stations/{slug}/events`."""

    streams: Streams
    hub: Hub
    onair: OnAir
    handlers: OnAirHandlers
    insight: Insight

    def routes(self) -> list[Route]:
        """List the routes."""
        path = f"{API}/stations/{{slug}}/events"
        media = HEADERS["Content-Type"].partition(";")[0]
        return [Route("GET", path, Permission.PUBLIC, self.follow, quota=Quota.HANDSHAKE, media=media, held=True)]

    async def follow(self, call: Call) -> web.StreamResponse:
        """Send a station's events as they happen: after `Last-Event-ID` all that was missed, or else a `snapshot`."""
        slug = call.slug
        self.handlers.snapshot(slug)
        response, line = await self.streams.begin(call.request)
        if line is None or self.onair.get(slug) is None:
            return response
        self.onair.count_changed(slug)
        try:
            seq = self.hub.position(slug)[1]
            await self.streams.hold(line, station_room(slug), seq, self._first(slug, call))
        finally:
            self.onair.count_changed(slug)
        return response

    def _first(self, slug: str, call: Call) -> list[bytes]:
        """Return what a reader has to know before it hears the rest."""
        # A page that begins anew cannot set headers, and may have kept the id.
        seen = position(call.request.headers.get(LAST_EVENT_ID) or call.query.get("last_event_id"))
        missed = self.hub.missed(slug, *seen) if seen is not None else None
        outcome = "first" if seen is None else "no" if missed is None else "yes"
        self.insight.joined.labels(outcome).inc()
        if missed is not None:
            return [message(entry["event"], entry["data"]) for entry in missed]
        return [message("snapshot", self.handlers.snapshot(slug).wire())]
