"""Likes and reactions."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, Body, Event, Request, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.paging import PageQuery
from controlplane.protocol.sync import AudioPositionView, LagMs
from controlplane.protocol.types import Artist, Id, Slug, Title, UnixMs, Word

TargetKind = TypeAliasType(
    "TargetKind",
    Annotated[
        Literal["play", "show", "station"],
        Field(
            description="What can be liked: one playing of a track (`play`, by its `play_id`), a `show` (by the "
            "`broadcast_id`), or the `station` (by its slug)."
        ),
    ],
)
ReactionKind = TypeAliasType(
    "ReactionKind",
    Annotated[Literal["heart", "clap", "fire", "pray"], Field(description="A reaction: ❤ 👏 🔥 🙏.")],
)
Count = Annotated[int, Field(ge=0, examples=[37])]


class LikeTarget(Body):
    """What is to be liked."""

    kind: TargetKind
    """The kind of it."""
    id: Annotated[Word, Field(examples=["9d3c52e1a07f4b86"])]
    """Its id."""


class Liked(Wire):
    """What is liked."""

    kind: TargetKind
    """The kind of it."""
    id: Annotated[Id, Field(examples=["9d3c52e1a07f4b86"])]
    """Its id."""


class LikesChanged(Event):
    """The count of likes of something changed; sent at most once a second for each of them."""

    name = "interaction:likes"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    target: Liked
    """What is liked."""
    count: Count
    """By how many."""
    position: AudioPositionView | None = None
    """The frame that was heard by the person who liked it last; absent if they did not listen, or it is not known."""

    @property
    def subject(self) -> str:
        """What the count is of."""
        return f"{self.target.kind}:{self.target.id}"


class Reactions(Event):
    """The reactions of the last second."""

    name = "interaction:reactions"
    delivery = Delivery.TRANSIENT
    audience = Audience.ROOM
    log = Log.STREAM

    counts: Annotated[dict[ReactionKind, int], Field(examples=[{"heart": 12, "clap": 3}])]
    """How many of each kind there were; kinds without any are left out."""


class LikesPart(Wire):
    """A snapshot's fields about likes."""

    likes: Annotated[dict[str, int], Field(examples=[{"9d3c52e1a07f4b86": 37}])]
    """By how many the current play and those of the history are liked, by `play_id`; only what is liked."""
    station_likes: Count
    """By how many the station is liked."""


class LikeAnswer(Answer):
    """The like is committed, or taken back."""

    liked: bool
    """Whether the person likes it now."""
    count: Count
    """By how many it is liked."""


class InteractionLike(Request):
    """Like something, once a person; or take that back."""

    name = "interaction:like"
    permission = Permission.STATION_LISTEN
    quota = Quota.LIKE
    answer = LikeAnswer

    station: Slug
    """The station's slug."""
    target: LikeTarget
    """What is liked."""
    undo: Annotated[bool | None, Field(examples=[True])] = None
    """True to take it back."""
    lag_ms: LagMs = None
    """How long after it was on the mount the person hears it, in milliseconds; left out by those who do not listen."""


class InteractionReact(Request):
    """React to what is heard; counted, and not stored."""

    name = "interaction:react"
    permission = Permission.STATION_LISTEN
    quota = Quota.LIKE
    answer = Acknowledged

    station: Slug
    """The station's slug."""
    kind: ReactionKind
    """The reaction."""


class LovedPlay(Wire):
    """A play that somebody liked."""

    play_id: Id
    """The id of this one playing of the track."""
    title: Title
    """The title."""
    artist: Artist
    """The artist; may be empty."""
    started_at: UnixMs
    """When it began, in unix milliseconds."""
    likes: Count
    """By how many it is liked."""


class LovedQuery(PageQuery):
    """The most liked plays."""

    days: Annotated[int, Field(ge=1, le=365)] = 30
    """Of how many days."""


class LovedAnswer(Wire):
    """The most liked plays of a station."""

    plays: list[LovedPlay]
    """The plays, the most liked first."""


EVENTS: tuple[type[Event], ...] = (LikesChanged, Reactions)
