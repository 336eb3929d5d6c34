"""Bans and the audit log."""

from typing import Annotated

from pydantic import Field

from controlplane.protocol.base import Body, Wire, shown_as
from controlplane.protocol.paging import NUMBER, Page, PageQuery
from controlplane.protocol.types import INTEGRAL, Id, PersonName, PlatformRole, Slug, UnixMs, Word

MAX_BAN_S = 10 * 365 * 86400


class BanRequest(Body):
    """Ban a user or guest, at once."""

    user_id: Annotated[Word, Field(examples=["4f1b0c9d2e7a5f38"])]
    """The user's or guest's id."""
    seconds: Annotated[int | None, Field(ge=1, le=MAX_BAN_S, examples=[3600]), INTEGRAL] = None
    """How long it lasts, in seconds; without it, until the ban is lifted."""
    reason: Annotated[str, Field(max_length=200, examples=["shouting"])] = ""
    """The reason, which the person is shown."""


class PersonView(Wire):
    """Somebody who has a station's page open, or follows it with another program."""

    user_id: Annotated[Id, Field(examples=["guest:4f1b0c9d2e7a5f38"])]
    """The user's or guest's id, to ban them by."""
    name: PersonName
    """The name that others see."""
    role: PlatformRole
    """The role on the platform."""


class PeopleAnswer(Wire):
    """The people who follow a station now."""

    people: list[PersonView]
    """Those who follow the station through this server, each once, by name; the first 500."""


class BanView(Wire):
    """A ban."""

    model_config = shown_as(
        {
            "id": "0c9d2e7a5f38",
            "user_id": "4f1b0c9d2e7a5f38",
            "name": "Bilal",
            "station": "awaz",
            "reason": "shouting",
            "made_by": "Sara",
            "created_at": 1767225600000,
            "until": 1767229200000,
        }
    )

    id: Id
    """The id to lift the ban with."""
    user_id: Id
    """The user's or guest's id."""
    name: PersonName
    """The name that others saw at the time."""
    station: Slug | None = None
    """The station; absent for a ban from the platform."""
    reason: Annotated[str, Field(examples=["shouting"])]
    """The reason; may be empty."""
    made_by: PersonName
    """The name of the person who made it."""
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
    """The number of the entry; later ones are higher."""
    at: UnixMs
    """When it was done, in unix milliseconds."""
    actor_id: Id
    """The id of the person who did it; empty for the command line."""
    actor: PersonName
    """The name of that person at the time."""
    address: Annotated[str, Field(examples=["203.0.113.7"])]
    """The network address it was done from; empty for the command line."""
    action: Annotated[str, Field(examples=["member.set"])]
    """The action, as `noun.verb`."""
    station: Slug | None = None
    """The station, if it was done at one."""
    target: Annotated[str, Field(examples=["bilal"])]
    """The user, station, key, ban or title that the action is about; may be empty."""
    detail: Annotated[dict[str, str | int], Field(examples=[{"from": "listener", "to": "host"}])]
    """Further facts, which depend on the action.

    `from` and `to` of a role or a login, the `role` that was given, the `id` and the `label` of a stream key, the
    `owner` of a station, the `user` (an id), the `reason` and the end (`until`) of a ban, and when an invitation
    `expires_at`; times in unix milliseconds.
    """


class AuditQuery(PageQuery):
    """A page of the audit log."""

    cursor: Annotated[str | None, Field(pattern=f"^{NUMBER}$", examples=["17"])] = None
    """The `next` of the page before; the first page without it."""


class AuditPage(Page[AuditEntry]):
    """Entries of the audit log, the newest first."""

    next: Annotated[str | None, Field(examples=["17"])] = None
    """The `cursor` of the next page; absent on the last one."""
