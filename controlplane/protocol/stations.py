"""A station's set-up: encoder settings, stream keys, members and invitations."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from controlplane.protocol.base import Body, Wire, shown_as
from controlplane.protocol.types import (
    INTEGRAL,
    Id,
    Login,
    PersonName,
    Slug,
    StationArtUrl,
    StationRole,
    UnixMs,
    Url,
    Word,
)

ContentType = Literal["audio/mpeg", "audio/aac", "audio/ogg"]
StreamKey = Annotated[str, Field(examples=["2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712"])]
EncoderUrl = Annotated[str, Field(examples=["icecast://source:KEY@radio.example:8000/ingest/awaz"])]


VisibleName = Annotated[
    str, Field(min_length=1, max_length=200, examples=["Awaz"], json_schema_extra={"pattern": r"\S"})
]
LANGUAGE = "^([a-z]{2,3})?$"
PageLanguage = Annotated[str, Field(pattern=LANGUAGE, examples=["ur"])]
"""An ISO 639 code; empty for each visitor's own language."""
Bitrate = Annotated[Literal[64, 96, 128, 192, 256, 320], Field(examples=[128])]
Description = Annotated[str, Field(max_length=2000, examples=["Qawwali and ghazals, day and night."])]


MAX_LINKS = 8
LINK_URL = r"^https?://[A-Za-z0-9.-]+(:[0-5]?[0-9]{1,4})?([/?#][!-~]*)?$"
TIMEZONE = "^[A-Za-z0-9_+/-]+$"
TimeZone = Annotated[str, Field(max_length=64, pattern=TIMEZONE, examples=["Asia/Karachi"])]
"""A name of the IANA time zone database, https://www.iana.org/time-zones."""


AutoLive = Annotated[bool, Field(examples=[True])]
DeadAirS = Annotated[int, Field(ge=0, le=3600, examples=[30])]
DeadAirRequest = Annotated[int | None, Field(ge=0, le=3600, examples=[30]), INTEGRAL]


class LinkRequest(Body):
    """A link for a station's page."""

    name: Annotated[str, Field(max_length=40, examples=["Instagram"])]
    """The text of the link; its host if empty."""
    url: Annotated[str, Field(max_length=300, pattern=LINK_URL, examples=["https://instagram.example/awaz"])]
    """Its address, of http or https, in ASCII: other letters in Punycode and percent-encoded."""


class LinkView(Wire):
    """A link on a station's page."""

    name: Annotated[str, Field(examples=["Instagram"])]
    """The text of the link."""
    url: Annotated[str, Field(examples=["https://instagram.example/awaz"])]
    """Its address, of http or https."""


class StationRequest(Body):
    """Create a station."""

    name: VisibleName
    """The name that people see."""
    slug: Annotated[Slug | None, Field(examples=["awaz"])] = None
    """The slug that URLs and mounts use; made of the name without it."""
    description: Description = ""
    """A short description."""
    bitrate_kbps: Bitrate = 128
    """The bitrate of the MP3 mount in kbit/s."""
    language: PageLanguage = ""
    """The language of the station's page, by its ISO 639 code; each visitor's own without it."""
    timezone: TimeZone = "UTC"
    """The station's time zone."""
    owner: Annotated[Word | None, Field(examples=["sara"])] = None
    """The login of its owner; without it, whoever creates it. Only admins create stations for others."""


class StationPatch(Body):
    """Change a station's settings; what is left out stays, and one is needed."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: VisibleName | None = None
    """The name that people see."""
    description: Annotated[str | None, Field(max_length=2000, examples=["Ghazals, day and night."])] = None
    """A short description."""
    bitrate_kbps: Bitrate | None = None
    """The bitrate of the MP3 mount in kbit/s."""
    language: PageLanguage | None = None
    """The language of the station's page, by its ISO 639 code; empty for each visitor's own."""
    timezone: TimeZone | None = None
    """The station's time zone."""
    links: Annotated[list[LinkRequest] | None, Field(max_length=MAX_LINKS)] = None
    """The links on its page, in place of those there were."""
    auto_live: AutoLive | None = None
    """Whether an encoder is on air as soon as it connects; if not, it waits in preview. In force within seconds."""
    auto_stop: AutoLive | None = None
    """Whether a broadcast ends when its encoder does not come back in time; if not, it waits until somebody ends it."""
    dead_air_s: DeadAirRequest = None
    """After so many seconds of silence, music plays until there is sound again; 0 for never."""


class StationSettings(Wire):
    """A station as who runs it sees it."""

    slug: Slug
    """The slug that URLs and mounts use."""
    name: Annotated[str, Field(examples=["Awaz"])]
    """The name that people see."""
    description: Description
    """A short description; may be empty."""
    bitrate_kbps: Bitrate
    """The bitrate of the MP3 mount in kbit/s."""
    language: PageLanguage
    """The language of the station's page, by its ISO 639 code; empty for each visitor's own."""
    timezone: TimeZone
    """The station's time zone."""
    links: list[LinkView]
    """The links on its page."""
    auto_live: AutoLive
    """Whether an encoder is on air as soon as it connects; if not, it waits in preview."""
    auto_stop: AutoLive
    """Whether a broadcast ends when its encoder does not come back in time; if not, it waits until somebody ends it."""
    dead_air_s: DeadAirS
    """After so many seconds of silence, music plays until there is sound again; 0 for never."""
    art_url: StationArtUrl = None
    """The address of its picture on this server, a JPEG; absent if it has none."""
    owners: list[PersonName]
    """The names of its owners."""


class StationSettingsList(Wire):
    """Every station's settings."""

    stations: list[StationSettings]
    """The stations, by slug."""


class MemberView(Wire):
    """A user with a role at a station."""

    user_id: Id
    """The user's id."""
    login: Login
    """The user's login."""
    name: PersonName
    """The name that others see."""
    role: StationRole
    """The role at the station."""


class MemberRequest(Body):
    """Set a user's role at a station."""

    login: Annotated[Word, Field(examples=["sara"])]
    """The user's login."""
    role: StationRole
    """The new role."""


class MembersAnswer(Wire):
    """The members of a station."""

    members: list[MemberView]
    """The members, from the most to the least powerful."""


class InvitationRequest(Body):
    """Invite the first user who opens the link."""

    role: StationRole
    """The role that accepting it gives."""
    expires_in: Annotated[int, Field(ge=60, le=90 * 86400), INTEGRAL] = 7 * 86400
    """Seconds that the link works."""
    note: Annotated[str, Field(max_length=80, examples=["for Ali"])] = ""
    """A note for those who run the station, such as the name of the person invited; cut at 80 bytes."""
    message: Annotated[str, Field(max_length=500, examples=["We'd love to have you on Fridays at nine."])] = ""
    """Words to the person invited."""


class InvitationView(Wire):
    """An invitation."""

    model_config = shown_as(
        {
            "id": "4f1b0c9d2e7a5f38",
            "role": "host",
            "made_by": "Sara",
            "note": "for Ali",
            "created_at": 1767225600000,
            "expires_at": 1767830400000,
            "state": "open",
            "url": "https://radio.example/studio#invitation=kQ3vX0n2b7Jw5Zr8",
        }
    )

    id: Id
    """The id to withdraw the invitation with."""
    role: StationRole
    """The role that accepting it gives."""
    made_by: PersonName
    """The name of the person who made it."""
    note: Annotated[str, Field(examples=["for Ali"])]
    """Their note; may be empty."""
    created_at: UnixMs
    """When it was made, in unix milliseconds."""
    expires_at: UnixMs
    """When it stops working, in unix milliseconds."""
    accepted_by: PersonName | None = None
    """The name of the person who accepted it, if anybody has."""
    state: Literal["open", "accepted", "expired", "withdrawn"]
    """Whether it can still be accepted."""
    url: Annotated[Url | None, Field(examples=["https://radio.example/studio#invitation=TOKEN"])] = None
    """The link; only in the answer that creates it."""


class InvitationsAnswer(Wire):
    """A station's invitations."""

    invitations: list[InvitationView]
    """The invitations, the newest first."""


class OfferView(Wire):
    """The offer of an invitation."""

    station: Slug
    """The station's slug."""
    station_name: PersonName
    """The station's name."""
    role: StationRole
    """The role that accepting it gives."""
    made_by: PersonName
    """The name of the person who made it."""
    message: Annotated[str, Field(examples=["We'd love to have you on Fridays at nine."])]
    """Their words to the person invited; may be empty."""
    state: Literal["open", "accepted", "expired", "withdrawn"]
    """Whether it can still be accepted."""


class AcceptRequest(Body):
    """Accept an invitation."""

    token: Annotated[str, Field(max_length=128, examples=["kQ3vX0n2b7Jw5Zr8"])]
    """The part of its link after `#invitation=`."""


class AcceptAnswer(Wire):
    """The role that the user has now."""

    station: Slug
    """The station's slug."""
    role: StationRole
    """The role there; a higher one from before is kept."""


class KeyRequest(Body):
    """Create a stream key."""

    login: Annotated[Word | None, Field(examples=["sara"])] = None
    """The login of its holder, who becomes a host if they have no role there; your own if absent."""
    label: Annotated[str, Field(max_length=80, examples=["studio laptop"])] = ""
    """A note on where it is used."""


class KeyView(Wire):
    """A stream key."""

    model_config = shown_as(
        {
            "id": "4f1b0c9d2e7a5f38",
            "login": "sara",
            "host": "Sara",
            "label": "studio laptop",
            "created_at": 1767225600000,
            "key": "2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712",
            "url": "icecast://source:2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712@radio.example:8000/ingest/awaz",
        }
    )

    id: Id
    """The id to revoke the key with."""
    login: Login
    """The host's login."""
    host: PersonName
    """The host's name."""
    label: Annotated[str, Field(examples=["studio laptop"])]
    """A note on where it is used; may be empty."""
    created_at: UnixMs
    """When it was made, in unix milliseconds."""
    revoked_at: UnixMs | None = None
    """When it was revoked, in unix milliseconds; absent while it works."""
    last_used_at: UnixMs | None = None
    """When an encoder came in with it last, in unix milliseconds; absent if none ever did."""
    key: StreamKey | None = None
    """The key itself; only in the answer that creates it."""
    url: EncoderUrl | None = None
    """The encoder's whole address; only in the answer that creates the key."""


class KeysAnswer(Wire):
    """A station's stream keys."""

    keys: list[KeyView]
    """The keys, the oldest first."""


class EncoderView(Wire):
    """Settings for OBS, butt or ffmpeg."""

    host: Annotated[str, Field(examples=["radio.example"])]
    """The host to connect to."""
    port: Annotated[int, Field(examples=[8000])]
    """The port to connect to."""
    mount: Annotated[str, Field(examples=["/ingest/awaz"])]
    """The mount to send to."""
    second_mount: Annotated[str, Field(examples=["/ingest/awaz/b"])]
    """The mount for the next host, who connects while another one is on air."""
    user: Annotated[str, Field(examples=["source"])]
    """The user name; any will do, the key decides."""
    url: EncoderUrl
    """The whole address, with a placeholder for the key."""
    content_types: Annotated[list[ContentType], Field(examples=[["audio/mpeg"]])]
    """The media types that are accepted."""
