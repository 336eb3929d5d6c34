"""A station's playlists."""

from typing import Annotated

from pydantic import ConfigDict, Field

from controlplane.kernel.playlists import MAX_WEIGHT, Order
from controlplane.protocol.base import Body, Wire
from controlplane.protocol.library import TrackIds, TrackView
from controlplane.protocol.paging import Page, PageQuery
from controlplane.protocol.types import INTEGRAL, Id, PlaylistName, UnixMs, Word

Weight = Annotated[int, Field(ge=0, le=MAX_WEIGHT, examples=[3]), INTEGRAL]
MAX_NAME = 80
WantedName = Annotated[str, Field(min_length=1, max_length=MAX_NAME, examples=["Evenings"])]
MAX_TRACKS = 2000


class PlaylistView(Wire):
    """A playlist of a station."""

    id: Id
    """The playlist's id."""
    name: PlaylistName
    """Its name."""
    order: Annotated[Order, Field(examples=["shuffle"])]
    """`sequence` plays its tracks in order, round and round; `shuffle` plays those first that were not heard lately."""
    weight: Weight
    """How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 if it plays none of them."""
    tracks: Annotated[int, Field(examples=[42])]
    """How many tracks it has."""
    duration_ms: Annotated[int, Field(examples=[10206000])]
    """How long they last together, in milliseconds."""
    created_at: UnixMs
    """When it was made, in unix milliseconds."""


class PlaylistsView(Wire):
    """The playlists of a station. AutoDJ plays from all tracks while none of them has a weight and tracks."""

    items: list[PlaylistView]
    """The playlists, by name."""


class PlaylistAnswer(Wire):
    """One playlist."""

    playlist: PlaylistView
    """The playlist."""


class PlaylistRequest(Body):
    """Make a playlist, without tracks."""

    name: WantedName
    """Its name, which no other playlist of the station has."""
    order: Annotated[Order, Field(examples=["shuffle"])] = "shuffle"
    """The order in which AutoDJ plays its tracks."""
    weight: Weight = 1
    """How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 for none."""


class PlaylistPatch(Body):
    """Change a playlist; what is left out stays, and one is needed."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: WantedName | None = None
    """Its name, which no other playlist of the station has."""
    order: Annotated[Order | None, Field(examples=["sequence"])] = None
    """The order in which AutoDJ plays its tracks."""
    weight: Weight | None = None
    """How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 for none."""


class PlaylistTracksQuery(PageQuery):
    """A page of a playlist's tracks."""

    cursor: Annotated[str | None, Field(pattern="^[0-9]{1,9}$", examples=["49"])] = None
    """The `next` of the page before; the first page without it."""


class PlaylistTracksPage(Page[TrackView]):
    """Tracks of a playlist, in order."""

    next: Annotated[str | None, Field(examples=["49"])] = None
    """The `cursor` of the next page; absent on the last one."""


class PlaylistMove(TrackIds):
    """Move tracks of a playlist; they keep their order."""

    before: Annotated[Word | None, Field(examples=["4f1b0c9d2e7a5f38"])] = None
    """The id of the track that they come before; without it, they go to the end."""


class PlaylistTracksAnswer(Wire):
    """The tracks that a request was carried out for, and the playlist as it is then."""

    ids: Annotated[list[Id], Field(examples=[["4f1b0c9d2e7a5f38"]])]
    """Their ids."""
    playlist: PlaylistView
    """The playlist."""
