"""Puts the playlists feature together."""

from collections.abc import Callable

from controlplane.features.playlists.http import PlaylistRoutes
from controlplane.features.playlists.service import Playlists
from controlplane.features.stations.service import Stations
from controlplane.kit import Feature, Kit


def build(kit: Kit, stations: Stations, changed: Callable[[str], None]) -> Feature:
    """Build the feature; `changed` is called with a station's id when what AutoDJ plays from has changed."""
    playlists = Playlists(kit.engine, kit.clock, changed)
    return Feature(name="playlists", service=playlists, routes=PlaylistRoutes(stations, playlists).routes())
