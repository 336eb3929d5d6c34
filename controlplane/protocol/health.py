"""Bodies about the daemon itself."""

from typing import Annotated

from pydantic import Field, JsonValue, RootModel

from controlplane.protocol.base import Done


class Ready(Done):
    """The daemon can serve."""

    stations: Annotated[dict[str, str], Field(examples=[{"awaz": "its pipeline does not answer"}])]
    """The problems of single stations, by slug; empty if there are none."""


class Document(RootModel[dict[str, JsonValue]]):
    """A reference: an OpenAPI or AsyncAPI document."""
