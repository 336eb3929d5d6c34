"""Names and keys of stations. Pure."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from controlplane.errors import InvalidInput

SLUG = re.compile(r"[a-z0-9-]{1,40}")
BITRATES_KBPS = (64, 96, 128, 192, 256, 320)
KEY_BYTES = 20
RESERVED = frozenset({"offair"})
"""Slugs whose mounts are taken."""


def ingest_mount(slug: str) -> str:
    """Return the mount that a station's encoders push to."""
    return f"/ingest/{slug}"


def public_mount(slug: str) -> str:
    """Return the mount that a station's listeners hear."""
    return f"/{slug}.mp3"


def offair_mount(slug: str) -> str:
    """Return the mount that a station's listeners are moved to while its public one has no source."""
    return f"/offair/{slug}.mp3"


def slug_of_ingest(mount: str) -> str | None:
    """Return the station of an ingest mount, None if it is not one."""
    slug = mount.removeprefix("/ingest/")
    return slug if slug != mount and SLUG.fullmatch(slug) else None


def check_slug(slug: str) -> str:
    """Return the slug; raise InvalidInput if it cannot be one."""
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise InvalidInput(f"{slug!r} cannot be a station's slug: use 1 to 40 of a-z, 0-9 and -")
    return slug


def check_bitrate(kbps: int) -> int:
    """Return the bitrate; raise InvalidInput if pipelines do not make it."""
    if kbps not in BITRATES_KBPS:
        raise InvalidInput(f"bitrate must be one of {', '.join(map(str, BITRATES_KBPS))} kbit/s, not {kbps}")
    return kbps


def new_key() -> str:
    """Make a stream key of 160 random bits, safe in a URL and easy to select with a double click."""
    return secrets.token_hex(KEY_BYTES)


def key_hash(key: str) -> str:
    """Hash a stream key as it is stored. SHA-256 is enough for 160 random bits, and quick enough for a hook."""
    return hashlib.sha256(key.encode()).hexdigest()


def mount_password(secret: str, mount: str) -> str:
    """Derive a mount's static source password, so that it needs no storage and no daemon."""
    return hmac.new(secret.encode(), mount.encode(), hashlib.sha256).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an encoder may come in; `reason` says why not, in words for the log."""

    allowed: bool
    reason: str = ""
    key_id: str = ""
    host: str = ""
