"""Slugs, bitrates and stream keys. Pure."""

import re
import secrets
import unicodedata
from dataclasses import dataclass

from controlplane.kernel.errors import InvalidInput
from controlplane.kernel.mounts import SLUG

BITRATES_KBPS = (64, 96, 128, 192, 256, 320)
KEY_BYTES = 20
MAX_SLUG_CHARS = 36
"""Of one that is made from a name, with room for a number at its end."""
RESERVED = frozenset({"offair"})
"""Slugs whose mounts are taken."""


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


def new_key() -> str:
    """Make a stream key of 160 random bits, safe in a URL and selected by one double click."""
    return secrets.token_hex(KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an encoder is accepted; `reason` says why not, for the log."""

    allowed: bool
    reason: str = ""
    key_id: str = ""
    host: str = ""
