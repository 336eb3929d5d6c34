"""A station's set-up: encoder settings, stream keys, members and invitations."""

from typing import Literal

from pydantic import Field

from controlplane.protocol.base import Slug, StationRole, Wire, Word


class MemberView(Wire):
    """A user with a role at a station."""

    user_id: str
    login: str
    name: str
    role: StationRole


class MemberRequest(Wire):
    """Set a user's role at a station."""

    login: Word
    role: StationRole


class MembersAnswer(Wire):
    """The members of a station, from the most to the least powerful."""

    members: list[MemberView]


class InvitationRequest(Wire):
    """Invite the first user who opens the link."""

    role: StationRole
    expires_in: int = Field(7 * 86400, ge=60, le=90 * 86400, description="Seconds that the link works.")


class InvitationView(Wire):
    """An invitation; times are unix milliseconds. `url` is only in the answer that creates it."""

    id: str
    role: StationRole
    made_by: str
    created_at: int
    expires_at: int
    accepted_by: str | None = None
    state: Literal["open", "accepted", "expired", "withdrawn"]
    url: str | None = None


class InvitationsAnswer(Wire):
    """A station's invitations, newest first."""

    invitations: list[InvitationView]


class AcceptRequest(Wire):
    """Accept an invitation, with what follows `#invitation=` in its link."""

    token: str = Field(max_length=128)


class AcceptAnswer(Wire):
    """The role at the station; a higher one from before is kept."""

    station: Slug
    role: StationRole


class KeyRequest(Wire):
    """Create a stream key, for oneself or for the user with `login`, who becomes a host without a role there."""

    login: Word | None = None
    label: str = Field("", max_length=80)


class KeyView(Wire):
    """A stream key; times are unix milliseconds. `key` and `url` are only in the answer that creates it."""

    id: str
    login: str
    host: str
    label: str
    created_at: int
    revoked_at: int | None = None
    key: str | None = None
    url: str | None = None


class KeysAnswer(Wire):
    """A station's stream keys, oldest first."""

    keys: list[KeyView]


class EncoderView(Wire):
    """Settings for OBS, butt or ffmpeg; the key itself is shown only when it is created."""

    host: str
    port: int
    mount: str
    user: str
    url: str
    content_types: list[str]
