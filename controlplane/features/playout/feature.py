"""Puts the playout feature together."""

from random import SystemRandom

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.features.playout import views
from controlplane.features.playout.http import QueueRoutes
from controlplane.features.playout.service import Playout
from controlplane.features.stations.service import Stations
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kit import Feature, Kit
from controlplane.protocol.playout import EVENTS
from controlplane.runtime.config import Settings
from controlplane.runtime.files import account
from controlplane.runtime.paths import Paths


def build_playout(settings: Settings, engine: AsyncEngine, stations: Stations, clock: Clock = SYSTEM_CLOCK) -> Playout:
    """Build the service, which others need before the feature."""
    user = account(settings.pipeline.user)
    return Playout(engine, stations, Paths.of(settings), user, clock, SystemRandom())


def build(kit: Kit, playout: Playout) -> Feature:
    """Build the feature around a service that other features share."""

    def tell(slug: str) -> None:
        kit.hub.send(slug, views.changed(playout.get(slug)))

    playout.on_change(tell)
    return Feature(
        name="playout",
        service=playout,
        routes=QueueRoutes(playout).routes(),
        events=EVENTS,
        tasks=[playout.run],
        prepare=[playout.settle],
    )
