"""Past broadcasts of a station, and how many listened."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from controlplane.protocol.base import Wire
from controlplane.protocol.onair import IncidentKind, Kind, StopReason
from controlplane.protocol.paging import NUMBER, Page, PageQuery, Query, digits
from controlplane.protocol.types import Id, PersonName, Show, UnixMs

People = Annotated[int, Field(ge=0, examples=[214])]


class MinuteView(Wire):
    """The listeners of a minute."""

    at: UnixMs
    """When it began, in unix milliseconds."""
    listeners: People
    """How many there were at its end."""
    peak: People
    """The greatest number in it."""


class AudienceQuery(Query):
    """The time that is asked for."""

    minutes: Annotated[int, Field(ge=1, le=1440), BeforeValidator(digits)] = 60
    """How many minutes, up to now."""


class AudienceAnswer(Wire):
    """How many listened."""

    since: UnixMs
    """The first minute, in unix milliseconds."""
    until: UnixMs
    """The last minute; the present one is not in it."""
    minutes: list[MinuteView]
    """The minutes in which somebody listened, the oldest first; nobody did in those that are missing."""


class BroadcastRecord(Wire):
    """A live or upload broadcast, on air or past."""

    id: Id
    """The id that `stream:started` announced."""
    kind: Kind
    """The kind of broadcast."""
    title: Annotated[str | None, Field(examples=["An evening of ghazals"])] = None
    """Its title, if its host gave it one."""
    show: Show | None = None
    """The show, if it was known."""
    host: PersonName | None = None
    """The host's name, if it was known."""
    started_at: UnixMs
    """When it began, in unix milliseconds."""
    ended_at: UnixMs | None = None
    """When it ended, in unix milliseconds; absent while it is on air."""
    reason: StopReason | None = None
    """The reason for its end; absent while it is on air."""
    peak: People | None = None
    """The greatest number of listeners; absent if it began more than 90 days ago."""
    listener_minutes: Annotated[int | None, Field(ge=0, examples=[9310])] = None
    """The sum of the listeners of its minutes: divided by 60, the hours that it was listened to. Absent if it began
    more than 90 days ago."""


class BroadcastPageQuery(PageQuery):
    """A page of the past broadcasts."""

    cursor: Annotated[str | None, Field(max_length=128, pattern=f"^{NUMBER}$", examples=["1767225600000"])] = None
    """The `next` of the page before; the first page without it."""


class BroadcastPage(Page[BroadcastRecord]):
    """A page of the past broadcasts, the newest first."""

    next: Annotated[str | None, Field(examples=["1767225600000"])] = None
    """The `cursor` of the next page; absent on the last one."""


class IncidentView(Wire):
    """Something that went wrong."""

    at: UnixMs
    """When, in unix milliseconds."""
    kind: IncidentKind
    """The kind of problem, for programs."""
    message: Annotated[str, Field(examples=["Another encoder tried to go live, and was refused."])]
    """The problem in words, in English."""
    address: Annotated[str | None, Field(examples=["81.2.3.4"])] = None
    """Where the encoder that it is about connects from, if that is known."""


class BroadcastReport(BroadcastRecord):
    """A broadcast with its listeners, and with what went wrong."""

    minutes: list[MinuteView]
    """The minutes in which somebody listened, the oldest first; known for 90 days."""
    incidents: list[IncidentView]
    """The incidents, the oldest first; known for 90 days."""
