"""Puts the feature of past broadcasts together."""

from datetime import timedelta

from controlplane.features.broadcasts.http import BroadcastRoutes
from controlplane.features.broadcasts.listening import Listening
from controlplane.features.onair.service import OnAir
from controlplane.features.stations.service import Stations
from controlplane.kit import CalendarJob, Feature, Kit, Timer

LOOK_INTERVAL_S = 5.0


def build(kit: Kit, stations: Stations, onair: OnAir) -> Feature:
    """Build the feature."""
    listening = Listening(onair)
    return Feature(
        name="broadcasts",
        service=listening,
        routes=BroadcastRoutes(stations, listening, kit.engine, kit.clock).routes(),
        timers=[Timer("listening", LOOK_INTERVAL_S, listening.look)],
        calendar=[CalendarJob("listening", timedelta(hours=6), listening.sweep)],
    )
