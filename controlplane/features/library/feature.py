"""Puts the library feature together."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from controlplane.features.library.art_http import ArtRoutes
from controlplane.features.library.http import TrackRoutes
from controlplane.features.library.inbox import Inbox
from controlplane.features.library.measuring import Measuring
from controlplane.features.library.service import Library
from controlplane.features.library.uploads import Limits, Uploads
from controlplane.features.library.uploads_http import UploadRoutes
from controlplane.features.stations.service import Stations
from controlplane.kit import CalendarJob, Feature, Kit, Timer

MB = 1000**2
HOUR_MS = 3_600_000
LOOK_INTERVAL_S = 5.0


def build(kit: Kit, stations: Stations, library: Library) -> Feature:
    """Build the feature around a service that other features share."""
    own = kit.settings.library
    limits = Limits(own.max_file_mb * MB, round(own.upload_hours * HOUR_MS))
    uploads, measuring = Uploads(kit.engine, library, limits), Measuring(library)
    library.on_change(measuring.wake)
    inbox = Inbox(stations, library, kit.paths)
    return Feature(
        name="library",
        service=library,
        routes=[
            *TrackRoutes(stations, library, kit.guard.authenticator.tokens).routes(),
            *ArtRoutes(stations, library).routes(),
            *UploadRoutes(stations, library, uploads).routes(),
        ],
        tasks=[measuring.run],
        timers=[Timer("tracks folder", LOOK_INTERVAL_S, inbox.look)],
        calendar=[
            CalendarJob("expired uploads", timedelta(hours=1), uploads.sweep),
            CalendarJob("unused files", timedelta(hours=1), library.sweep),
        ],
        prepare=[_prepare(library), uploads.sweep],
    )


def _prepare(library: Library) -> Callable[[], Awaitable[None]]:
    async def prepare() -> None:
        library.store.prepare()

    return prepare
