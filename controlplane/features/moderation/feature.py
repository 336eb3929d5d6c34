"""Puts the moderation feature together."""

from controlplane.features.moderation.http import ModerationRoutes
from controlplane.features.moderation.service import Moderation
from controlplane.kit import Feature, Kit


def build(kit: Kit) -> Feature:
    """Build the feature from the gateway's record of recent users and the access cache."""
    moderation = Moderation(kit.engine, kit.guard.authenticator.cache, kit.gateway.connected.seen, kit.clock)
    return Feature(name="moderation", service=moderation, routes=ModerationRoutes(moderation).routes())
