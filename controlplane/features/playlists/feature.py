"""Puts the playlists feature together."""

from collections.abc import Callable

from controlplane.features.playlists.http import PlaylistRoutes
from controlplane.features.playlists.service import Playlists
from controlplane.features.stations.service import Stations
from controlplane.kernel.stations import StationRow
from controlplane.kit import Feature, Kit
from controlplane.protocol.library import LibraryChanged


def build(kit: Kit, stations: Stations, choose_anew: Callable[[str], None]) -> Feature:
    """Build the feature; `choose_anew` is called with a station's id when what AutoDJ plays from has changed."""

    def changed(station: StationRow) -> None:
        choose_anew(station.id)
        kit.hub.send(station.slug, LibraryChanged(what="playlists"))

    playlists = Playlists(kit.engine, kit.clock, changed)
    return Feature(name="playlists", service=playlists, routes=PlaylistRoutes(stations, playlists).routes())
