"""Going live over HTTP: put on air, take off air, kick, and hear before it counts."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from controlplane.features.onair import going_live, views
from controlplane.features.onair.encoders import Encoders
from controlplane.features.onair.previews import OPENS_FOR_S, Previews
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sources.signals import Signals
from controlplane.features.onair.state import Broadcast
from controlplane.features.playout.recordings import Recordings
from controlplane.kernel.errors import Conflict, NotFound, Unauthenticated, Upstream
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Done
from controlplane.protocol.going_live import (
    BroadcastAnswer,
    GoLiveRequest,
    KickAnswer,
    KickRequest,
    PreviewRequest,
    SignalsAnswer,
    SourcePreviewAnswer,
    SourcePreviewQuery,
    StopRequest,
)
from controlplane.web.routes import API, Call, Route, get, post


@dataclass(frozen=True, slots=True)
class LiveRoutes:
    """The sources of a station."""

    onair: OnAir
    encoders: Encoders
    signals: Signals
    recordings: Recordings
    previews: Previews

    def routes(self) -> list[Route]:
        """List the routes."""
        station, live = f"{API}/stations/{{slug}}", Permission.STATION_GO_LIVE
        commands = (
            ("go-live", self.go_live, live, GoLiveRequest, BroadcastAnswer),
            ("stop", self.stop, live, StopRequest, Done),
            ("kick", self.kick, Permission.STATION_KICK, KickRequest, KickAnswer),
            ("preview", self.allow_preview, live, PreviewRequest, SourcePreviewAnswer),
        )
        return [
            *(
                post(
                    f"{station}/{name}",
                    handler,
                    permission=permission,
                    quota=Quota.WRITE,
                    body=body,
                    answer=answer,
                    errors=(Conflict, NotFound),
                )
                for name, handler, permission, body, answer in commands
            ),
            get(f"{station}/signal", self.signal, permission=live, quota=Quota.READ, answer=SignalsAnswer),
            get(
                f"{station}/preview",
                self.preview,
                permission=Permission.PUBLIC,
                quota=Quota.READ,
                query=SourcePreviewQuery,
                media="audio/*",
                errors=(Unauthenticated, Conflict, Upstream),
                held=True,
            ),
        ]

    async def go_live(self, call: Call) -> BroadcastAnswer:
        """Put a source or a recording on air, or say more about what is; in the place of another host, if meant."""
        request, broadcast_id = await call.body(GoLiveRequest), secrets.token_hex(12)
        if request.source == "upload":
            return await self._play(call, request, broadcast_id)
        after = await self.onair.carry_out(call.slug, partial(going_live.put_on_air, request, broadcast_id), call.by)
        if after.live is None:
            raise Conflict("the encoder has disconnected at this moment")
        return self._answer(call.slug, after.live)

    async def _play(self, call: Call, request: GoLiveRequest, broadcast_id: str) -> BroadcastAnswer:
        found = self.recordings
        if request.track_id is not None:
            recording = await found.track(call.slug, request.track_id)
        else:
            recording = await found.playlist(call.slug, request.playlist_id or "")
        recorded = going_live.Recorded(recording.title, call.by.name, recording.art_url)
        decide = partial(going_live.put_recording_on_air, request, broadcast_id, recorded)
        # Before it is placed in the queue, too.
        decide(self.onair.require(call.slug)[1])
        async with found.placed(call.slug, broadcast_id, recording, call.by.name):
            after = await self.onair.carry_out(call.slug, decide, call.by)
        if after.foreground is None or after.foreground.id != broadcast_id:
            raise Conflict("the broadcast was ended at this moment")
        return self._answer(call.slug, after.foreground)

    def _answer(self, slug: str, broadcast: Broadcast) -> BroadcastAnswer:
        return BroadcastAnswer(broadcast=views.broadcast(self.onair.row(slug), broadcast))

    async def stop(self, call: Call) -> Done:
        """End a broadcast: it is faded out, AutoDJ begins a track, and an encoder is in preview then."""
        request = await call.body(StopRequest)
        decide = partial(going_live.take_off_air, request.broadcast_id, self.onair.clock.steady_s())
        await self.onair.carry_out(call.slug, decide, call.by)
        self.recordings.playout.keep_broadcast(call.slug, "")
        return Done()

    async def kick(self, call: Call) -> KickAnswer:
        """Disconnect a source; its stream key opens nothing for some time, so that it does not come back by itself."""
        request = await call.body(KickRequest)
        return KickAnswer(
            locked_until=await self.encoders.kick(call.slug, request.source, request.seconds, call.by),
        )

    async def signal(self, call: Call) -> SignalsAnswer:
        """Show the sources of a station, and how their sound arrives."""
        row, station = self.onair.require(call.slug)
        found = station.foreground
        return SignalsAnswer(
            broadcast=views.broadcast(row, found) if found is not None else None,
            dead_air_s=row.dead_air_s,
            auto_live=row.auto_live,
            signals=self.signals.of(call.slug),
        )

    async def allow_preview(self, call: Call) -> SourcePreviewAnswer:
        """Make an address at which a player can hear a source, without a token."""
        slot = (await call.body(PreviewRequest)).source
        if self.onair.require(call.slug)[1].source(slot).encoder is None:
            raise Conflict("no encoder is connected there")
        url = f"{API}/stations/{call.slug}/preview?key={self.previews.key(call.slug, slot, call.actor.id)}"
        return SourcePreviewAnswer(url=url, expires_in=OPENS_FOR_S)

    async def preview(self, call: Call) -> web.StreamResponse:
        """Give the sound of a source, as its encoder sends it, to whoever has the address."""
        key = call.query(SourcePreviewQuery).key
        async with self.previews.hear(call.slug, key, call.address) as (media, audio):
            response = web.StreamResponse(headers={"Content-Type": media, "Cache-Control": "no-store"})
            with suppress(ConnectionError):  # the player has gone
                await response.prepare(call.request)
                async for piece in audio:
                    await response.write(piece)
        return response
