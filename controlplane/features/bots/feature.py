"""Puts the bots feature together."""

from controlplane.features.bots.http import BotRoutes
from controlplane.features.bots.service import Bots
from controlplane.kit import Feature, Kit


def build(kit: Kit) -> Feature:
    """Build the feature."""
    authenticator = kit.guard.authenticator
    bots = Bots(kit.engine, authenticator.cache, authenticator.tokens, kit.clock)
    return Feature(name="bots", service=bots, routes=BotRoutes(bots).routes())
