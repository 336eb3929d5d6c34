"""Puts the moderation feature together."""

from controlplane.access.identity import Actor
from controlplane.features.moderation.http import ModerationRoutes
from controlplane.features.moderation.service import Moderation
from controlplane.kit import Feature, Kit
from controlplane.live.message import station_room


def build(kit: Kit) -> Feature:
    """Build the feature from the gateway's record of recent users and the access cache."""
    connected = kit.gateway.connected

    def here(slug: str) -> list[Actor]:
        return connected.in_room(station_room(slug))

    moderation = Moderation(kit.engine, kit.guard.authenticator.cache, connected.seen, here, kit.clock)
    return Feature(name="moderation", service=moderation, routes=ModerationRoutes(moderation).routes())
