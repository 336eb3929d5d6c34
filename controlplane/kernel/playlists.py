"""A station's playlists, as every part knows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Order = Literal["shuffle", "sequence"]
MAX_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist. AutoDJ plays `weight` of its tracks for each one of a playlist with weight 1, and none with 0.

    `last_track` is the id of the track that AutoDJ played from it last, empty before the first.
    """

    id: str
    station_id: str
    name: str
    order: Order
    weight: int
    created_at: int
    last_track: str = ""


@dataclass(frozen=True, slots=True)
class InRotation:
    """A playlist that AutoDJ plays from, with the ids of its tracks in order."""

    playlist: Playlist
    tracks: Sequence[str]
