"""Puts the library feature together."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import structlog

from controlplane.features.library.art_http import ArtRoutes
from controlplane.features.library.http import TrackRoutes
from controlplane.features.library.inbox import Inbox
from controlplane.features.library.measuring import Measuring
from controlplane.features.library.service import Library
from controlplane.features.library.uploads import Limits, Uploads
from controlplane.features.library.uploads_http import UploadRoutes
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import NotFound, Upstream
from controlplane.kit import CalendarJob, Feature, Kit, Timer
from controlplane.protocol.library import LibraryChanged

log = structlog.get_logger()

MB = 1000**2
HOUR_MS = 3_600_000
LOOK_INTERVAL_S = 5.0


def build(kit: Kit, stations: Stations, library: Library) -> Feature:
    """Build the feature around a service that other features share."""
    own = kit.settings.library
    limits = Limits(own.max_file_mb * MB, round(own.upload_hours * HOUR_MS))
    uploads, measuring = Uploads(kit.engine, library, limits), Measuring(library)
    library.on_change(measuring.wake)
    library.on_change(_tell(kit, stations))
    inbox = Inbox(stations, library, kit.paths)
    return Feature(
        name="library",
        service=library,
        events=(LibraryChanged,),
        routes=[
            *TrackRoutes(stations, library, kit.guard.authenticator.tokens).routes(),
            *ArtRoutes(stations, library).routes(),
            *UploadRoutes(stations, library, uploads).routes(),
        ],
        tasks=[measuring.run],
        timers=[Timer("tracks folder", LOOK_INTERVAL_S, inbox.look)],
        calendar=[
            CalendarJob("expired uploads", timedelta(hours=1), _or_later(uploads.sweep)),
            CalendarJob("unused files", timedelta(hours=1), _or_later(library.sweep)),
        ],
        prepare=[_prepare(library), uploads.sweep],
    )


def _tell(kit: Kit, stations: Stations) -> Callable[[str], None]:
    def tell(station_id: str) -> None:
        with suppress(NotFound):  # it may have been removed while a track of it was measured
            kit.hub.send(stations.by_id(station_id).slug, LibraryChanged(what="tracks"))

    return tell


def _or_later(sweep: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await sweep()
        except (Upstream, OSError) as error:
            log.error("library_not_swept", reason=str(error))

    return run


def _prepare(library: Library) -> Callable[[], Awaitable[None]]:
    async def prepare() -> None:
        library.store.prepare()

    return prepare
