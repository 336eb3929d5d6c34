"""The names of a station's mounts, and their passwords. Pure."""

import hashlib
import hmac
import re
from typing import Literal

SLUG = re.compile(r"[a-z0-9-]{1,40}")
SOURCE_USER = "source"
"""The user name that sources log in with unless Icecast is configured with another."""
PASSWORD_LENGTH = 40

Format = Literal["mp3", "aac"]
Slot = Literal["a", "b"]
BROWSER_KEY = "browser-"
SLOTS: tuple[Slot, ...] = ("a", "b")
"""The ingest mounts of a station: while one is on air, the next host connects to the other."""
FORMATS: tuple[Format, ...] = ("mp3", "aac")
"""The formats of public mounts: MP3 for every player, and AAC (ADTS), which web players prefer."""
MEDIA_TYPES: dict[Format, str] = {"mp3": "audio/mpeg", "aac": "audio/aac"}
AAC_MAX_KBPS = 128
"""The AAC mount has no higher bitrate, whatever the station's: more is not worth its data on a phone."""

AAC_BURST_BYTES = 72 * 1024
"""Chromium starts an ADTS stream once it has 64 KiB of it, whatever its bitrate (measured with Chromium 156)."""


def ingest_mount(slug: str, slot: Slot = "a") -> str:
    """Return a mount that a station's encoders push to; nobody else may listen to it."""
    return f"/ingest/{slug}" if slot == "a" else f"/ingest/{slug}/{slot}"


def ingest_mounts(slug: str) -> list[str]:
    """Return the mounts that a station's encoders push to."""
    return [ingest_mount(slug, slot) for slot in SLOTS]


def browser_key(user_id: str) -> str:
    """Return what stands for the stream key of a user's browser, which has none."""
    return f"{BROWSER_KEY}{user_id[:24]}"


def preview_mount(secret: str, slug: str, slot: Slot) -> str:
    """Return the address at which an ingest mount is heard by those who know it.

    It has no source of its own: Icecast falls back from it to the ingest mount, which may not be asked for directly.
    """
    return f"/preview/{mount_password(secret, f'preview {ingest_mount(slug, slot)}')}"


def public_mount(slug: str, audio: Format = "mp3") -> str:
    """Return a mount that a station's listeners play."""
    return f"/{slug}.{audio}"


def offair_mount(slug: str, audio: Format = "mp3") -> str:
    """Return the mount that the listeners of a public one are moved to while that has no source."""
    return f"/offair/{slug}.{audio}"


def public_mounts(slug: str, formats: tuple[Format, ...] = FORMATS) -> list[str]:
    """Return the mounts that a station's listeners play, MP3 first."""
    return [public_mount(slug, audio) for audio in formats]


def offair_mounts(slug: str) -> list[str]:
    """Return the off-air mounts of a station, MP3 first."""
    return [offair_mount(slug, audio) for audio in FORMATS]


def burst_bytes(audio: Format, station_kbps: int, mp3_burst_s: float) -> int:
    """Return how much audio a new player of a public mount is sent at once."""
    return AAC_BURST_BYTES if audio == "aac" else int(mount_kbps(audio, station_kbps) * 125 * mp3_burst_s)


def burst_ms(audio: Format, station_kbps: int, mp3_burst_s: float) -> int:
    """Return how much audio that is in milliseconds."""
    return burst_bytes(audio, station_kbps, mp3_burst_s) * 8 // mount_kbps(audio, station_kbps)


def mount_kbps(audio: Format, station_kbps: int) -> int:
    """Return the bitrate of a public mount, from its station's."""
    return station_kbps if audio == "mp3" else min(station_kbps, AAC_MAX_KBPS)


def of_ingest(mount: str) -> tuple[str, Slot] | None:
    """Return the station of an ingest mount and which of its mounts it is; None if it is not one."""
    slug = mount.removeprefix("/ingest/").partition("/")[0]
    slot = next((slot for slot in SLOTS if ingest_mount(slug, slot) == mount), None)
    return (slug, slot) if slot is not None and SLUG.fullmatch(slug) else None


def mount_password(secret: str, mount: str) -> str:
    """Derive a mount's static source password, so that it needs no storage and no daemon."""
    return hmac.new(secret.encode(), mount.encode(), hashlib.sha256).hexdigest()[:PASSWORD_LENGTH]
