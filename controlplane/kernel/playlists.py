"""A station's playlists, as every part knows them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

Order = Literal["shuffle", "sequence"]
MAX_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist. AutoDJ plays `weight` of its tracks for each one of a playlist with weight 1, and none with 0.

    `last_track` is the id of the track that AutoDJ played from it last, empty before the first. `turns` counts its
    tracks that were played, each as a part of its weight: the playlist with the least is next.
    """

    id: str
    station_id: str
    name: str
    order: Order
    weight: int
    created_at: int
    last_track: str = ""
    turns: float = 0.0


@dataclass(frozen=True, slots=True)
class InRotation:
    """A playlist that AutoDJ plays from, with the ids of its tracks in order."""

    playlist: Playlist
    tracks: Sequence[str]


def resumed(content: Sequence[str], gone: Collection[str], last: str) -> str:
    """Return the track behind which a sequence goes on without some of its tracks, empty for its beginning."""
    if last not in gone or last not in content:
        return last
    before = [each for each in content[: content.index(last)] if each not in gone]
    return before[-1] if before else ""
