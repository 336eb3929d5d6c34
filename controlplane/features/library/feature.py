"""Puts the library feature together."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.features.library.http import TrackRoutes
from controlplane.features.library.inbox import Inbox
from controlplane.features.library.measuring import Measuring
from controlplane.features.library.service import Library
from controlplane.features.library.store import Store
from controlplane.features.library.uploads import Limits, Uploads
from controlplane.features.library.uploads_http import UploadRoutes
from controlplane.features.stations.service import Stations
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kit import CalendarJob, Feature, Kit, Timer
from controlplane.runtime.config import Settings
from controlplane.runtime.files import account
from controlplane.runtime.paths import Paths

MB, GB = 1000**2, 1000**3
HOUR_MS = 3_600_000
LOOK_INTERVAL_S = 5.0


def build_library(settings: Settings, engine: AsyncEngine, clock: Clock = SYSTEM_CLOCK) -> Library:
    """Build the service, for the daemon and for commands."""
    own = settings.library
    store = Store(Paths.of(settings).library, round(own.min_free_gb * GB))
    return Library(engine, store, account(settings.pipeline.user), round(own.quota_gb * GB), clock)


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
