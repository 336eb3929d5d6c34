"""Puts the stations feature together."""

from controlplane.features.stations.http import StationRoutes
from controlplane.features.stations.manage import ManageRoutes
from controlplane.features.stations.members import Members
from controlplane.features.stations.service import Stations
from controlplane.kit import Feature, Kit


def build(kit: Kit, stations: Stations) -> Feature:
    """Build the feature around a service that other features share."""
    cache = kit.guard.authenticator.cache
    cache.on_change(stations.load)
    routes = StationRoutes(
        stations, Members(kit.engine, cache, kit.clock), kit.settings.encoder_address, kit.settings.site_url
    )
    # Raises if the database is away: Icecast's configuration would be written for no stations.
    return Feature(
        name="stations",
        service=stations,
        routes=[*ManageRoutes(stations, kit.settings.stations).routes(), *routes.routes()],
        prepare=[stations.load],
    )
