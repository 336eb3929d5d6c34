"""Puts the microphone feature together."""

from controlplane.features.microphone.http import MicrophoneRoutes
from controlplane.features.microphone.service import Microphones
from controlplane.features.onair.service import OnAir
from controlplane.features.stations.service import Stations
from controlplane.kit import Feature, Kit, Timer

EXPIRE_INTERVAL_S = 1.0
FFMPEG = "ffmpeg"


def build(kit: Kit, stations: Stations, onair: OnAir) -> Feature:
    """Build the feature; `stations` lets the microphones' sources in, and `onair` says which mounts are free."""
    icecast = kit.settings.icecast
    microphones = Microphones(
        stations, onair, kit.guard.authenticator, kit.clock, FFMPEG, f"{icecast.host}:{icecast.port}"
    )
    kit.guard.authenticator.cache.on_change(microphones.check_access)
    return Feature(
        name="microphone",
        service=microphones,
        routes=MicrophoneRoutes(microphones, kit.guard).routes(),
        timers=[Timer("microphones", EXPIRE_INTERVAL_S, microphones.expire)],
        finish=[microphones.close],
    )
