"""Listening together: a room of few people at one station, by a key that they share."""

from typing import Annotated

from pydantic import Field

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, Request, SocketEvent, Wire
from controlplane.protocol.sync import SyncMode
from controlplane.protocol.types import Id, PersonName, Slug, UnixMs

MAX_MEMBERS = 50
RoomKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,40}$", examples=["Wk3v0dXqTn8LrB2c"])]


class TogetherMember(Wire):
    """Somebody who listens together with others."""

    id: Id
    """The person's id; one person may be in with several devices."""
    name: PersonName
    """The person's name."""
    mode: SyncMode
    """How it is played there."""
    error_ms: Annotated[float | None, Field(ge=0, examples=[4.0])] = None
    """How far that is from what is to be heard, at most, in milliseconds; absent if it is not known."""


class TogetherMembers(SocketEvent):
    """The members of a room, sent when somebody comes, goes or plays otherwise; at most once a second."""

    name = "together:members"

    station: Slug
    """The room's station."""
    members: list[TogetherMember]
    """The members, in the order in which they came."""


class TogetherMarked(SocketEvent):
    """Somebody in the room has marked this moment."""

    name = "together:marked"

    station: Slug
    """The room's station."""
    by: PersonName
    """The name of who did."""
    at: UnixMs
    """When."""


class TogetherAnswer(Answer):
    """The socket is in the room."""

    members: list[TogetherMember]
    """The members, in the order in which they came."""


class TogetherJoin(Request):
    """Listen together with everybody who has the same key.

    A socket is in one room at a time. What others see of it comes from its heartbeats, once it has joined the station.
    """

    name = "together:join"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL
    answer = TogetherAnswer

    station: Slug
    """The station's slug."""
    room: RoomKey
    """The room's key: whoever has it may come in."""


class TogetherLeave(Request):
    """Listen alone again."""

    name = "together:leave"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL
    answer = Acknowledged

    station: Slug
    """The station's slug."""


class TogetherMark(Request):
    """Mark this moment for everybody in a room."""

    name = "together:mark"
    permission = Permission.STATION_LISTEN
    quota = Quota.LIKE
    answer = Acknowledged

    station: Slug
    """The station's slug."""
    room: RoomKey
    """The room's key."""


EVENTS = (TogetherMembers, TogetherMarked)
