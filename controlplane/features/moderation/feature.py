"""The moderation feature."""

from controlplane.features.moderation.http import ModerationRoutes
from controlplane.features.moderation.service import Moderation
from controlplane.kit import Feature, Kit


def build(kit: Kit) -> Feature:
    """Build the feature."""
    moderation = Moderation(kit.engine, kit.guard.authenticator.cache, kit.gateway.sessions.seen)
    return Feature(name="moderation", service=moderation, routes=ModerationRoutes(moderation).routes())
