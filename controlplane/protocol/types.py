"""The types that messages have in common, with an example of each for the references."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import TypeAliasType

SLUG = "^[a-z0-9-]{1,40}$"
Slug = Annotated[str, Field(pattern=SLUG, examples=["awaz"])]

Word = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=64)]
"""A login or an identifier, as it comes in: no control characters, which databases differ over."""


MAX_WHOLE = 2**53 - 1
"""The largest whole number that every JSON reader takes exactly."""


def _whole(value: object) -> object:
    """Take 5.0 for 5, as JSON does."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_WHOLE else value


INTEGRAL = BeforeValidator(_whole)
"""Validator for whole numbers in requests; it must come last in `Annotated`."""

Id = Annotated[str, Field(examples=["4f1b0c9d2e7a5f38"])]
Epoch = Annotated[str, Field(examples=["9d3c52e1a07f4b86"])]
Seq = Annotated[int, Field(ge=0, examples=[42])]
UnixMs = Annotated[int, Field(examples=[1767225600000])]
StreamUrl = Annotated[str, Field(examples=["https://radio.example:8000/awaz.mp3"])]
Url = Annotated[str, Field(examples=["https://radio.example/s/awaz"])]
Login = Annotated[str, Field(examples=["sara"])]
PersonName = Annotated[str, Field(examples=["Sara"])]
PlaylistName = Annotated[str, Field(examples=["Evenings"])]
Title = Annotated[str, Field(examples=["Chirag"])]
Album = Annotated[str, Field(examples=["Lamps of Lahore"])]
Artist = Annotated[str, Field(examples=["The Lamps"])]
Show = Annotated[str, Field(examples=["Evening raga"])]

PlatformRole = TypeAliasType(
    "PlatformRole",
    Annotated[
        Literal["admin", "user", "guest"],
        Field(description="A role on the platform: an `admin` runs it, a `user` has an account, a `guest` has none."),
    ],
)
StationRole = TypeAliasType(
    "StationRole",
    Annotated[
        Literal["owner", "host", "moderator", "listener"],
        Field(
            description="A role at a station: an `owner` sets it up, a `host` goes live and sets titles, a `moderator` "
            "bans, and a `listener` listens. Each may do what the ones after it may."
        ),
    ],
)
StationArtUrl = Annotated[str | None, Field(examples=["/api/v1/stations/awaz/art?v=5d41402a"])]
