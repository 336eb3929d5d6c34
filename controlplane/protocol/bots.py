"""Bots: programs with a key and a role at one station."""

from typing import Annotated, Literal

from pydantic import Field

from controlplane.protocol.base import Body, Wire, shown_as
from controlplane.protocol.types import Id, PersonName, UnixMs

BOT_NAME_CHARS = 40
BotRole = Literal["host", "moderator", "listener"]


class BotRequest(Body):
    """Create a bot."""

    name: Annotated[str, Field(min_length=1, max_length=BOT_NAME_CHARS, examples=["Request Bot"])]
    """The name under which it writes."""
    role: Annotated[BotRole, Field(examples=["moderator"])] = "listener"
    """Its role at the station, with the same permissions and rate limits as a person's."""


class BotView(Wire):
    """A bot of a station."""

    model_config = shown_as(
        {
            "id": "4f1b0c9d2e7a5f384f1b0c9d2e7a5f38",
            "name": "Request Bot",
            "role": "moderator",
            "made_by": "Sara",
            "created_at": 1767225600000,
        }
    )

    id: Id
    """The bot's user id, by which it is named in the chat."""
    name: PersonName
    """The name under which it writes."""
    role: Annotated[BotRole | None, Field(examples=["moderator"])] = None
    """Its role at the station; absent after that was taken away."""
    made_by: PersonName
    """The name of the person who created it."""
    created_at: UnixMs
    """When it was created, in unix milliseconds."""
    used_at: Annotated[int | None, Field(examples=[1767229200000])] = None
    """When its key was last used, in unix milliseconds; absent if it never was."""
    key: Annotated[str | None, Field(examples=["KEY"])] = None
    """The key, for `POST /api/v1/auth/bot`; only in the answer that creates it."""


class BotsAnswer(Wire):
    """The bots of a station."""

    bots: list[BotView]
    """The bots, the newest first."""


class BotTokenRequest(Body):
    """Get an access token for a bot."""

    key: Annotated[str, Field(max_length=128, examples=["KEY"])]
    """The bot's key."""
