"""Pictures of stations."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from controlplane.protocol.paging import Query, digits

SIZES = (48, 96, 192, 512)


class IconQuery(Query):
    """Which icon is wanted."""

    size: Annotated[Literal[48, 96, 192, 512], BeforeValidator(digits), BeforeValidator(int), Field(examples=[192])] = (
        512
    )
    """Its width and height in pixels."""
