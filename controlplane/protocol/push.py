"""Web Push: browsers that are told of a station also while no page is open."""

from typing import Annotated

from pydantic import Field

from controlplane.protocol.base import Body, Wire
from controlplane.protocol.stations import PageLanguage

MAX_ENDPOINT = 1024
Endpoint = Annotated[
    str,
    Field(min_length=1, max_length=MAX_ENDPOINT, examples=["https://updates.push.services.mozilla.com/wpush/v2/gAAA"]),
]
Base64Url = Annotated[str, Field(max_length=128, pattern="^[A-Za-z0-9_-]+={0,2}$")]


_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


class PushKeyAnswer(Wire):
    """The key of this server."""

    public_key: Annotated[str, Field(examples=[_POINT])]
    """The `applicationServerKey` of `PushManager.subscribe`, in base64url (RFC 8292)."""


class PushKeys(Body):
    """The keys of a subscription, as its browser made them (RFC 8291)."""

    p256dh: Annotated[Base64Url, Field(examples=[_POINT])]
    """Its public key: a point of P-256, uncompressed."""
    auth: Annotated[Base64Url, Field(examples=["BTBZMqHH6r4Tts7J_aSIgg"])]
    """Its secret of 16 bytes."""


class PushRequest(Body):
    """Tell a browser when the station goes live, as `PushSubscription.toJSON` has it."""

    endpoint: Endpoint
    """The address at the browser's push service."""
    keys: PushKeys
    """The keys of the subscription."""
    language: PageLanguage = ""
    """The language of the notification; that of the station without it."""


class PushAnswer(Wire):
    """The subscription."""

    id: Annotated[str, Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]
    """Its id, by which it is ended."""
