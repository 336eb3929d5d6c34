"""Anchors and the server's clock, over plain HTTP: any number of players cost one answer a second."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from controlplane.features.sync.chain import Chains
from controlplane.features.sync.service import Sync
from controlplane.kernel.errors import NotReady
from controlplane.kernel.mounts import Slot
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.sync import Anchors, AnchorsQuery, ListenersInSync, ServerTime
from controlplane.web.routes import API, Call, Route, get

SHARED = {"Cache-Control": "public, max-age=1"}


@dataclass(frozen=True, slots=True)
class SyncRoutes:
    """`stations/{slug}/anchors`, `stations/{slug}/sync` and `time`.

    `line_ms` returns how late the microphone of a browser arrives; None for an encoder, or if it is not known.
    """

    sync: Sync
    chains: Chains
    line_ms: Callable[[str, Slot], int | None]

    def routes(self) -> list[Route]:
        """List the routes."""
        public = Permission.PUBLIC
        return [
            get(
                f"{API}/stations/{{slug}}/anchors",
                self.anchors,
                permission=public,
                quota=Quota.READ,
                query=AnchorsQuery,
                answer=Anchors,
                errors=(NotReady,),
            ),
            get(
                f"{API}/stations/{{slug}}/sync",
                self.listeners,
                permission=Permission.STATION_INCIDENTS,
                quota=Quota.READ,
                answer=ListenersInSync,
            ),
            get(f"{API}/time", self.time, permission=public, quota=Quota.READ, answer=ServerTime),
        ]

    async def anchors(self, call: Call) -> web.Response:
        """Show the newest frames of a mount by their checksums, and when each is to be heard."""
        answer = self.sync.anchors(call.slug, call.query(AnchorsQuery).mount)
        known = call.request.if_none_match
        is_known = known is not None and any(each.value == answer.tag for each in known)
        response = web.Response(status=304, headers=SHARED) if is_known else _json(answer.body)
        response.etag = answer.tag
        return response

    async def listeners(self, call: Call) -> ListenersInSync:
        """Show how exactly a station's listeners hear the same moment, and how late."""
        self.sync.read_model.require(call.slug)
        listeners = self.sync.reports.of(call.slug)
        return listeners.model_copy(update={"heard_after_ms": self._heard_after_ms(call.slug, listeners)})

    def _heard_after_ms(self, slug: str, listeners: ListenersInSync) -> int | None:
        chain = self.chains.of(slug)
        if chain is None:
            return None
        player_ms = listeners.latency_ms.p50 if listeners.latency_ms is not None else 1000 * self.sync.target_s(slug)
        return max(0, round(1000 * chain.delay_s + player_ms + (self.line_ms(slug, chain.slot) or 0)))

    async def time(self, _call: Call) -> ServerTime:
        """Show the server's clock."""
        return ServerTime(server_time=self.sync.clock.steady_s())


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json", headers=SHARED)
