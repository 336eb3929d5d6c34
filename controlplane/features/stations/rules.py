"""Slugs, bitrates and stream keys. Pure."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from controlplane.kernel.errors import InvalidInput, NotFound
from controlplane.kernel.mounts import SLUG, Slot
from controlplane.kernel.stations import StationLink, StationRow
from controlplane.kernel.text import NAME_BYTES, clean, clean_lines
from controlplane.protocol.stations import LinkRequest, StationPatch

BITRATES_KBPS = (64, 96, 128, 192, 256, 320)
KEY_BYTES = 20
MAX_DESCRIPTION_BYTES = 8000
MAX_SLUG_CHARS = 36
"""Of one that is made from a name, with room for a number at its end."""
RESERVED = frozenset({"offair"})
"""Slugs whose mounts are taken."""


def check_name(name: str) -> str:
    """Return a station's name, cleaned; raise InvalidInput if nothing of it can be seen."""
    name = clean(name, NAME_BYTES)
    if not name:
        raise InvalidInput("the name has no visible characters")
    return name


def check_description(text: str) -> str:
    """Return a description, cleaned and cut."""
    return clean_lines(text, MAX_DESCRIPTION_BYTES)


def check_slug(slug: str) -> str:
    """Return the slug; raise InvalidInput if it is not valid."""
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise InvalidInput(f"{slug!r} cannot be a station's slug: use 1 to 40 of a-z, 0-9 and -")
    return slug


def slug_of(name: str) -> str:
    """Return a slug that reads like a name: "Radio Café 2" is radio-cafe-2; empty without a Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_SLUG_CHARS].strip("-")


def check_bitrate(kbps: int) -> int:
    """Return the bitrate; raise InvalidInput if pipelines do not support it."""
    if kbps not in BITRATES_KBPS:
        raise InvalidInput(f"bitrate must be one of {', '.join(map(str, BITRATES_KBPS))} kbit/s, not {kbps}")
    return kbps


def check_timezone(name: str, known: frozenset[str]) -> str:
    """Return the name of a time zone; raise NotFound if it is not among the known ones."""
    if name not in known:
        raise NotFound(f"{name[:64]!r} isn't a time zone: use a name such as Asia/Karachi")
    return name


def check_language(code: str) -> str:
    """Return the code of a page's language, empty for each visitor's own; raise InvalidInput if it is none."""
    if not re.fullmatch("([a-z]{2,3})?", code):
        raise InvalidInput(f"{code[:40]!r} is no language code: use one such as ur")
    return code


def check_links(links: Iterable[LinkRequest]) -> tuple[StationLink, ...]:
    """Return the links with their names cleaned; one without a visible character has its host for a name."""
    return tuple(StationLink(clean(each.name, NAME_BYTES) or urlsplit(each.url).netloc, each.url) for each in links)


CHECKS: dict[str, Callable[[Any], object]] = {
    "name": check_name,
    "description": check_description,
    "bitrate_kbps": check_bitrate,
    "language": check_language,
    "timezone": str,
    "links": check_links,
    "auto_live": bool,
    "auto_stop": bool,
    "dead_air_s": int,
}


def changed(row: StationRow, asked: StationPatch) -> StationRow:
    """Return a station with the settings of a request, whose time zone is checked; raise InvalidInput."""
    given = {name: getattr(asked, name) for name in CHECKS}
    values: dict[str, Any] = {name: CHECKS[name](value) for name, value in given.items() if value is not None}
    if not values:
        raise InvalidInput(f"there is nothing to change: one of {', '.join(CHECKS)} is needed")
    return replace(row, **values)


def new_key() -> str:
    """Make a stream key of 160 random bits, safe in a URL and selected by one double click."""
    return secrets.token_hex(KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an encoder is accepted; `reason` says why not, for the log."""

    allowed: bool
    reason: str = ""
    slot: Slot = "a"
    key_id: str = ""
    host: str = ""
    locked_until: int | None = None
    """Until when its key opens nothing after a kick, in unix milliseconds."""


@dataclass(frozen=True, slots=True)
class AdmittedBrowser:
    """A browser that may send its microphone to an ingest mount, once, until a time in unix milliseconds."""

    slug: str
    slot: Slot
    key_id: str
    host: str
    until_ms: int
