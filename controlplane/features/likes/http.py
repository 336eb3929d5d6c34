"""Likes over HTTP: what was loved."""

from dataclasses import asdict, dataclass

from controlplane.features.likes.service import Likes
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.likes import LovedAnswer, LovedPlay, LovedQuery
from controlplane.web.routes import API, Call, Route, get


@dataclass(frozen=True, slots=True)
class LikeRoutes:
    """`stations/{slug}/loved`."""

    likes: Likes

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            get(
                f"{API}/stations/{{slug}}/loved",
                self.loved,
                permission=Permission.STATION_READ_LIBRARY,
                quota=Quota.READ,
                query=LovedQuery,
                answer=LovedAnswer,
            )
        ]

    async def loved(self, call: Call) -> LovedAnswer:
        """List the most liked plays of some days."""
        asked = call.query(LovedQuery)
        found = await self.likes.loved(call.slug, asked.days, asked.limit)
        return LovedAnswer(plays=[LovedPlay(**asdict(play)) for play in found])
