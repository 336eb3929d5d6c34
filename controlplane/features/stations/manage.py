"""Stations themselves over HTTP: created by users where the settings say so, changed and removed by their owners."""

from dataclasses import asdict, dataclass

from controlplane.access.identity import Actor
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import Conflict, Forbidden, NotFound
from controlplane.kernel.permissions import Permission, creates_stations
from controlplane.kernel.quotas import Quota
from controlplane.kernel.stations import NewStation, StationRow
from controlplane.protocol.base import Done
from controlplane.protocol.library import station_art_url
from controlplane.protocol.stations import StationPatch, StationRequest, StationSettings, StationSettingsList
from controlplane.runtime.sections import StationsSettings
from controlplane.web.routes import API, Call, Route, delete, get, patch, post


@dataclass(frozen=True, slots=True)
class ManageRoutes:
    """Routes that create, change and remove stations."""

    stations: Stations
    limits: StationsSettings

    def routes(self) -> list[Route]:
        """List the routes."""
        station, admin = f"{API}/stations/{{slug}}", Permission.PLATFORM_MANAGE_STATIONS
        return [
            get(f"{API}/admin/stations", self.all, permission=admin, quota=Quota.READ, answer=StationSettingsList),
            post(
                f"{API}/stations",
                self.add,
                permission=Permission.PLATFORM_CREATE_STATIONS,
                quota=Quota.WRITE,
                body=StationRequest,
                answer=StationSettings,
                errors=(Conflict, NotFound),
            ),
            get(
                f"{station}/settings",
                self.settings,
                permission=Permission.STATION_CONFIGURE,
                quota=Quota.READ,
                answer=StationSettings,
            ),
            patch(
                station,
                self.change,
                permission=Permission.STATION_CONFIGURE,
                quota=Quota.WRITE,
                body=StationPatch,
                answer=StationSettings,
            ),
            delete(station, self.remove, permission=Permission.STATION_REMOVE, quota=Quota.WRITE, answer=Done),
        ]

    async def all(self, _call: Call) -> StationSettingsList:
        """List every station's settings, with its owners."""
        owners = await self.stations.owners()
        return StationSettingsList(stations=[_settings(row, owners) for row in self.stations.all()])

    async def add(self, call: Call) -> StationSettings:
        """Create a station; it is on air with AutoDJ within seconds."""
        asked = await call.body(StationRequest)
        login = await self.stations.login_of(call.actor.id)
        owner = asked.owner if asked.owner is not None else login
        self._check_may_create(call.actor, for_others=owner != login)
        new = NewStation(**asked.model_dump(exclude={"owner"}))
        max_owned = None if call.actor.role == "admin" else self.limits.max_per_owner
        row = await self.stations.add(new, owner, call.by, max_owned=max_owned)
        return _settings(row, await self.stations.owners())

    def _check_may_create(self, actor: Actor, *, for_others: bool) -> None:
        if not creates_stations(actor.role, self.limits.creators):
            raise Forbidden("only the admins of this platform create stations: ask them for one")
        if for_others and actor.role != "admin":
            raise Forbidden("only admins create stations for others")

    async def settings(self, call: Call) -> StationSettings:
        """Show a station's settings."""
        return _settings(self.stations.get(call.slug), await self.stations.owners())

    async def change(self, call: Call) -> StationSettings:
        """Change a station's settings; another bitrate interrupts it for some seconds."""
        row = await self.stations.change(call.slug, await call.body(StationPatch), call.by)
        return _settings(row, await self.stations.owners())

    async def remove(self, call: Call) -> Done:
        """Take a station off air and remove it with its keys, its history and its tracks."""
        await self.stations.remove(call.slug, call.by)
        return Done()


def _settings(row: StationRow, owners: dict[str, list[str]]) -> StationSettings:
    return StationSettings.model_validate(
        {
            "slug": row.slug,
            "name": row.name,
            "description": row.description,
            "bitrate_kbps": row.bitrate_kbps,
            "language": row.language,
            "timezone": row.timezone,
            "links": [asdict(link) for link in row.links],
            "auto_live": row.auto_live,
            "auto_stop": row.auto_stop,
            "dead_air_s": row.dead_air_s,
            "art_url": station_art_url(row.slug, row.art),
            "owners": owners.get(row.slug, []),
        }
    )
