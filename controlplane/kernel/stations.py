"""A station's settings. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StationLink:
    """A link on a station's page, to an address of http or https."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station's row in the database.

    With `auto_live` an encoder is on air as soon as it connects; with `auto_stop` its broadcast ends when it has been
    gone for the grace period, without it when somebody ends it. After `dead_air_s` seconds of silence, music plays
    until there is sound again; 0 for never.

    `language` is that of its page, such as "ur"; empty for each visitor's own. `timezone` is a name of the IANA time
    zone database. `art` is the SHA-256 of its picture, empty without one.
    """

    id: str
    slug: str
    name: str
    description: str
    bitrate_kbps: int
    auto_live: bool
    language: str = ""
    timezone: str = "UTC"
    auto_stop: bool = True
    dead_air_s: int = 30
    links: tuple[StationLink, ...] = ()
    art: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStation:
    """The settings of a station to create; without a slug, one is made from the name."""

    slug: str | None = None
    name: str = ""
    description: str = ""
    bitrate_kbps: int = 128
    language: str = ""
    timezone: str = "UTC"
