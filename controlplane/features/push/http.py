"""Web Push over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass

from controlplane.features.push import rules
from controlplane.features.push.service import Push
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import Conflict
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Done
from controlplane.protocol.push import PushAnswer, PushKeyAnswer, PushRequest
from controlplane.web.routes import API, Call, Route, delete, get, post


@dataclass(frozen=True, slots=True)
class PushRoutes:
    """Routes of subscriptions, which need no account. `services` are the hosts of the push services."""

    stations: Stations
    push: Push
    services: Sequence[str]

    def routes(self) -> list[Route]:
        """List the routes."""
        public, subscriptions = Permission.PUBLIC, f"{API}/stations/{{slug}}/push-subscriptions"
        return [
            get(f"{API}/push", self.key, permission=public, quota=Quota.READ, answer=PushKeyAnswer),
            post(
                subscriptions,
                self.subscribe,
                permission=public,
                quota=Quota.WRITE,
                body=PushRequest,
                answer=PushAnswer,
                errors=(Conflict,),
            ),
            delete(f"{subscriptions}/{{id}}", self.unsubscribe, permission=public, quota=Quota.WRITE, answer=Done),
        ]

    async def key(self, _call: Call) -> PushKeyAnswer:
        """Show the key that browsers subscribe with."""
        return PushKeyAnswer(public_key=self.push.sender.public_key)

    async def subscribe(self, call: Call) -> PushAnswer:
        """Tell a browser when the station goes live, also while no page is open."""
        station = self.stations.get(call.slug)
        subscription = rules.subscription(await call.body(PushRequest), self.services)
        await self.push.subscribe(station, subscription)
        return PushAnswer(id=subscription.id)

    async def unsubscribe(self, call: Call) -> Done:
        """Tell a browser no more."""
        await self.push.unsubscribe(self.stations.get(call.slug), call.path["id"])
        return Done()
