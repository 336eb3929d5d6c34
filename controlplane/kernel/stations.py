"""A station's settings. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station's row in the database; with `auto_live` an encoder is on air as soon as it connects.

    `language` is that of its page, such as "ur"; empty for each visitor's own.
    """

    id: str
    slug: str
    name: str
    description: str
    bitrate_kbps: int
    auto_live: bool
    language: str = ""
