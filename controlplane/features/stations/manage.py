"""Stations themselves over HTTP: created and removed by admins, changed by who runs them."""

from dataclasses import dataclass

from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import Conflict, NotFound
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.kernel.stations import StationRow
from controlplane.protocol.base import Done
from controlplane.protocol.stations import StationPatch, StationRequest, StationSettings, StationSettingsList
from controlplane.web.routes import API, Call, Route, delete, get, patch, post


@dataclass(frozen=True, slots=True)
class ManageRoutes:
    """Routes that create, change and remove stations."""

    stations: Stations

    def routes(self) -> list[Route]:
        """List the routes."""
        station, admin = f"{API}/stations/{{slug}}", Permission.PLATFORM_MANAGE_STATIONS
        return [
            get(f"{API}/admin/stations", self.all, permission=admin, quota=Quota.READ, answer=StationSettingsList),
            post(
                f"{API}/stations",
                self.add,
                permission=admin,
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
            delete(station, self.remove, permission=admin, quota=Quota.WRITE, answer=Done),
        ]

    async def all(self, _call: Call) -> StationSettingsList:
        """List every station's settings, with its owners."""
        owners = await self.stations.owners()
        return StationSettingsList(stations=[_settings(row, owners) for row in self.stations.all()])

    async def add(self, call: Call) -> StationSettings:
        """Create a station; it is on air with AutoDJ within seconds."""
        asked = await call.body(StationRequest)
        owner = asked.owner if asked.owner is not None else await self.stations.login_of(call.actor.id)
        row = await self.stations.add(
            asked.slug, asked.name, asked.description, asked.bitrate_kbps, owner, call.by, asked.language
        )
        return _settings(row, await self.stations.owners())

    async def settings(self, call: Call) -> StationSettings:
        """Show a station's settings."""
        return _settings(self.stations.get(call.slug), await self.stations.owners())

    async def change(self, call: Call) -> StationSettings:
        """Change a station's name, description, language or bitrate; another bitrate interrupts it for some seconds."""
        row = await self.stations.change(call.slug, await call.body(StationPatch), call.by)
        return _settings(row, await self.stations.owners())

    async def remove(self, call: Call) -> Done:
        """Take a station off air and remove it with its keys and history; its track files stay."""
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
            "owners": owners.get(row.slug, []),
        }
    )
