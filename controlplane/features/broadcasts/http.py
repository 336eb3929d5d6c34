"""Past broadcasts over HTTP."""

from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import past as table
from controlplane.db.engine import reading
from controlplane.db.past import MINUTE_MS, Minute, PastBroadcast
from controlplane.features.broadcasts import rules
from controlplane.features.broadcasts.listening import Listening
from controlplane.features.stations.service import Stations
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import NotFound
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.kernel.stations import StationRow
from controlplane.protocol.broadcasts import (
    AudienceAnswer,
    AudienceQuery,
    BroadcastPage,
    BroadcastPageQuery,
    BroadcastRecord,
    BroadcastReport,
    IncidentView,
    MinuteView,
)
from controlplane.protocol.paging import cursor_of, numbers_of, page_of
from controlplane.web.routes import API, Call, Route, get


@dataclass(frozen=True, slots=True)
class BroadcastRoutes:
    """Routes of a station's broadcasts and its audience, for those who go on air."""

    stations: Stations
    listening: Listening
    engine: AsyncEngine
    clock: Clock

    def routes(self) -> list[Route]:
        """List the routes."""
        station, live, read = f"{API}/stations/{{slug}}", Permission.STATION_GO_LIVE, Quota.READ
        broadcasts = f"{station}/broadcasts"
        return [
            get(
                f"{station}/audience",
                self.audience,
                permission=live,
                quota=read,
                query=AudienceQuery,
                answer=AudienceAnswer,
            ),
            get(broadcasts, self.page, permission=live, quota=read, query=BroadcastPageQuery, answer=BroadcastPage),
            get(
                f"{broadcasts}/{{id}}",
                self.report,
                permission=live,
                quota=read,
                answer=BroadcastReport,
                errors=(NotFound,),
            ),
        ]

    async def audience(self, call: Call) -> AudienceAnswer:
        """Show how many listened, by the minute."""
        now = self.clock.now_ms()
        until = now - now % MINUTE_MS - MINUTE_MS
        since = until - (call.query(AudienceQuery).minutes - 1) * MINUTE_MS
        async with reading(self.engine) as connection:
            found = await table.minutes(connection, self.stations.get(call.slug).id, since, until)
        return AudienceAnswer(since=since, until=until, minutes=_minutes(found))

    async def page(self, call: Call) -> BroadcastPage:
        """List the broadcasts of hosts and of recordings, the newest first."""
        asked = call.query(BroadcastPageQuery)
        place = numbers_of(asked.cursor) if asked.cursor is not None else None
        async with reading(self.engine) as connection:
            station = self.stations.get(call.slug)
            found = await table.before(connection, station.id, asked.limit + 1, place)
        rows, more = page_of(found, asked.limit, lambda row: cursor_of(row.started_at))
        items = [BroadcastRecord.model_validate(asdict(self._counted(row, station))) for row in rows]
        return BroadcastPage(items=items, next=more)

    async def report(self, call: Call) -> BroadcastReport:
        """Show a broadcast: how many listened to it, and what went wrong."""
        station = self.stations.get(call.slug)
        async with reading(self.engine) as connection:
            found = await table.by_id(connection, station.id, call.path["id"])
            if found is None:
                raise NotFound("there is no such broadcast")
            since, until = found.started_at, found.ended_at or self.clock.now_ms()
            minutes = await table.minutes(connection, station.id, since - since % MINUTE_MS, until)
            incidents = await table.incidents_between(connection, station.id, since, until)
        present = self.listening.present(station.id)
        if present.peak and since < present.at + MINUTE_MS and present.at < until:
            minutes = [*(each for each in minutes if each.at != present.at), present]
        return BroadcastReport.model_validate(
            {
                **asdict(self._counted(found, station)),
                "minutes": _minutes(minutes),
                "incidents": [IncidentView.model_validate(asdict(each)) for each in incidents],
            }
        )

    def _counted(self, row: PastBroadcast, station: StationRow) -> PastBroadcast:
        return rules.as_kept(rules.with_present(row, self.listening.present(station.id)), self.clock.now_ms())


def _minutes(found: list[Minute]) -> list[MinuteView]:
    return [MinuteView(at=each.at, listeners=each.listeners, peak=each.peak) for each in found]
