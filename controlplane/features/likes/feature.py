"""Puts the likes feature together."""

from controlplane.features.likes.http import LikeRoutes
from controlplane.features.likes.service import Likes
from controlplane.features.likes.sockets import LikeHandlers
from controlplane.kit import Feature, PersonalData, Timer
from controlplane.live.snapshots import SnapshotPart
from controlplane.protocol import likes as protocol

REACTIONS_INTERVAL_S = 1.0


def build(likes: Likes) -> Feature:
    """Build the feature around its service, which takes on the stations as they come."""
    handlers = LikeHandlers(likes)
    return Feature(
        name="likes",
        service=likes,
        routes=LikeRoutes(likes).routes(),
        requests=[(protocol.InteractionLike, handlers.like), (protocol.InteractionReact, handlers.react)],
        events=protocol.EVENTS,
        snapshot_parts=[SnapshotPart(protocol.LikesPart, likes.version, likes.part)],
        tasks=[likes.run],
        personal=[PersonalData("likes", likes.export, likes.erase)],
        timers=[Timer("reactions", REACTIONS_INTERVAL_S, likes.send_reactions)],
    )
