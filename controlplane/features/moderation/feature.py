"""Puts the moderation feature together."""

from controlplane.access.identity import Actor
from controlplane.features.moderation.http import ModerationRoutes
from controlplane.features.moderation.service import Moderation
from controlplane.kit import Feature, Kit
from controlplane.live.message import station_room


def build_moderation(kit: Kit) -> Moderation:
    """Return the service, from the gateway's record of recent users and the access cache."""
    connected = kit.gateway.connected

    def here(slug: str) -> list[Actor]:
        return connected.in_room(station_room(slug))

    return Moderation(kit.engine, kit.guard.authenticator.cache, connected.seen, here, kit.clock)


def build(moderation: Moderation) -> Feature:
    """Build the feature around a service that the chat shares."""
    return Feature(name="moderation", service=moderation, routes=ModerationRoutes(moderation).routes())
