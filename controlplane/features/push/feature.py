"""Puts the Web Push feature together."""

from controlplane.features.onair.service import OnAir
from controlplane.features.push.http import PushRoutes
from controlplane.features.push.sender import PushSender
from controlplane.features.push.service import Push
from controlplane.features.stations.service import Stations
from controlplane.kit import Feature, Kit
from controlplane.runtime.secrets import load_or_create


def build(kit: Kit, stations: Stations, onair: OnAir) -> Feature:
    """Build the feature; listeners are told of what begins in `onair`."""
    settings, site = kit.settings.push, kit.settings.site_url
    contact = settings.contact or (site if site.startswith("https:") else "")
    sender = PushSender(load_or_create(kit.paths.secrets, "push"), contact)
    push = Push(kit.engine, sender, kit.clock, onair.urls.page)
    onair.on_broadcast(push.take)
    return Feature(
        name="push",
        service=push,
        routes=PushRoutes(stations, push, settings.services).routes(),
        tasks=[push.run],
    )
