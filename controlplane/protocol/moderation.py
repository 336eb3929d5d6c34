"""Bans and the audit log."""

from pydantic import Field, JsonValue

from controlplane.protocol.base import Slug, Wire, Word


class BanRequest(Wire):
    """Ban a user or guest, at once and for `seconds`, or until the ban is lifted."""

    user_id: Word
    seconds: int | None = Field(None, ge=1, le=10 * 365 * 86400)
    reason: str = Field("", max_length=200)


class BanView(Wire):
    """A ban; times are unix milliseconds, `until` is absent if it has no end."""

    id: str
    user_id: str
    name: str
    station: Slug | None = None
    reason: str
    made_by: str
    created_at: int
    until: int | None = None


class BansAnswer(Wire):
    """The bans in force, newest first."""

    bans: list[BanView]


class AuditEntry(Wire):
    """An entry of the audit log: `at` is unix milliseconds, `detail` depends on the action."""

    id: int
    at: int
    actor_id: str
    actor: str
    address: str
    action: str
    station: str | None = None
    target: str
    detail: dict[str, JsonValue]


class AuditAnswer(Wire):
    """The audit log, newest first; `?before=<id>` continues."""

    entries: list[AuditEntry]
