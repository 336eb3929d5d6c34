"""Bans and the audit log."""

from typing import Annotated

from pydantic import Field, JsonValue

from controlplane.protocol.base import Body, Wire
from controlplane.protocol.paging import NUMBER, Page, PageQuery
from controlplane.protocol.types import INTEGRAL, Id, PersonName, Slug, UnixMs, Word

MAX_BAN_S = 10 * 365 * 86400


class BanRequest(Body):
    """Ban a user or guest, at once."""

    user_id: Annotated[Word, Field(examples=["4f1b0c9d2e7a5f38"])]
    """The user's or guest's id."""
    seconds: Annotated[int | None, Field(ge=1, le=MAX_BAN_S), INTEGRAL] = None
    """How long, in seconds; until the ban is lifted without it."""
    reason: Annotated[str, Field(max_length=200, examples=["shouting"])] = ""
    """Why; the person reads it."""


class BanView(Wire):
    """A ban."""

    id: Id
    """The id to lift the ban with."""
    user_id: Id
    """The user's or guest's id."""
    name: PersonName
    """The name that others saw."""
    station: Slug | None = None
    """The station; absent for a ban from the platform."""
    reason: str
    """Why; may be empty."""
    made_by: PersonName
    """Who made it."""
    created_at: UnixMs
    """When it was made, in unix milliseconds."""
    until: UnixMs | None = None
    """When it ends, in unix milliseconds; absent if only lifting ends it."""


class BansAnswer(Wire):
    """The bans in force."""

    bans: list[BanView]
    """The bans in force, the newest first."""


class AuditEntry(Wire):
    """An entry of the audit log."""

    id: Annotated[int, Field(examples=[17])]
    """Rises with each entry."""
    at: UnixMs
    """When it was done, in unix milliseconds."""
    actor_id: Id
    """Who did it; empty for the console."""
    actor: PersonName
    """Their name then."""
    address: Annotated[str, Field(examples=["203.0.113.7"])]
    """Their address; empty for the console."""
    action: Annotated[str, Field(examples=["metadata.set"])]
    """What was done."""
    station: Slug | None = None
    """Where it was done, if at a station."""
    target: Annotated[str, Field(examples=["Sara - Lamp"])]
    """The user, station, key, ban or title that the action is about; may be empty."""
    detail: dict[str, JsonValue]
    """Further facts by name, which depend on the action."""


class AuditQuery(PageQuery):
    """Which page of the audit log."""

    cursor: Annotated[str | None, Field(pattern=f"^{NUMBER}$")] = None
    """The `next` of the page before; the first page without it."""


class AuditPage(Page[AuditEntry]):
    """Entries of the audit log, the newest first."""
