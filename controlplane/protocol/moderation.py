"""Bans and the audit log."""

from pydantic import Field, JsonValue

from controlplane.protocol.base import Slug, Wire, Word


class BanRequest(Wire):
    """Send somebody away: at once, and for `seconds` or until allowed again."""

    user_id: Word
    seconds: int | None = Field(None, ge=1, le=10 * 365 * 86400)
    reason: str = Field("", max_length=200)


class BanView(Wire):
    """Who may not come back; times are unix milliseconds, `until` is absent while it is for good."""

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
    """Who did what: `at` is unix milliseconds, `detail` depends on the action."""

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
    """What was done, newest first; `?before=<id>` continues."""

    entries: list[AuditEntry]
