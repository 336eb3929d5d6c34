"""A station's queue over HTTP."""

from dataclasses import dataclass

from controlplane.features.playout import views
from controlplane.features.playout.service import Playout
from controlplane.kernel.errors import Conflict, NotFound
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.playout import ForecastView, MoveRequest, PlacedView, QueueRequest, QueueView, SkipRequest
from controlplane.web.routes import API, Call, Route, delete, get, patch, post

QUEUE = f"{API}/stations/{{slug}}/queue"


@dataclass(frozen=True, slots=True)
class QueueRoutes:
    """Routes of the queue; each answers with the queue as it is then."""

    playout: Playout

    def routes(self) -> list[Route]:
        """List the routes."""
        see, edit = Permission.STATION_READ_LIBRARY, Permission.STATION_EDIT_QUEUE
        skip = f"{QUEUE}/skip"
        one, write, late = f"{QUEUE}/{{id}}", Quota.WRITE, (Conflict, NotFound)
        return [
            get(QUEUE, self.queue, permission=see, quota=Quota.READ, answer=QueueView),
            get(f"{QUEUE}/forecast", self.forecast, permission=see, quota=Quota.READ, answer=ForecastView),
            post(QUEUE, self.place, permission=edit, quota=write, body=QueueRequest, answer=PlacedView, errors=late),
            post(skip, self.skip, permission=edit, quota=write, body=SkipRequest, answer=QueueView, errors=late),
            patch(one, self.move, permission=edit, quota=write, body=MoveRequest, answer=QueueView, errors=late),
            delete(one, self.remove, permission=edit, quota=write, answer=QueueView, errors=late),
        ]

    async def queue(self, call: Call) -> QueueView:
        """Show what is heard while nobody is live, and when each item is expected to begin."""
        return await self._view(call)

    async def forecast(self, call: Call) -> ForecastView:
        """Show the next 24 hours: the queue, and how AutoDJ would go on behind it."""
        known, found = await self.playout.forecast(call.slug)
        return views.forecast(known, found.plan, found.longer, self.playout.clock.now_ms())

    async def place(self, call: Call) -> PlacedView:
        """Place a track in the queue."""
        asked = await call.body(QueueRequest)
        placed = await self.playout.insert(call.slug, asked.track_id, asked.place, call.by)
        return PlacedView(item=placed.id, **dict(await self._view(call)))

    async def skip(self, call: Call) -> QueueView:
        """End the item that is on air, with a crossfade. While it ends, a second time does nothing."""
        await self.playout.skip(call.slug, (await call.body(SkipRequest)).item)
        return await self._view(call)

    async def move(self, call: Call) -> QueueView:
        """Move an item of the queue."""
        await self.playout.move(call.slug, call.path["id"], (await call.body(MoveRequest)).before, call.by)
        return await self._view(call)

    async def remove(self, call: Call) -> QueueView:
        """Take an item out of the queue; its track stays in the library."""
        await self.playout.remove(call.slug, call.path["id"])
        return await self._view(call)

    async def _view(self, call: Call) -> QueueView:
        return views.queue(await self.playout.of(call.slug), self.playout.clock.now_ms())
