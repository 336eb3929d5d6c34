"""The names of a station's mounts, and their passwords. Pure."""

import hashlib
import hmac
import re

SLUG = re.compile(r"[a-z0-9-]{1,40}")
SOURCE_USER = "source"
"""The user name that sources log in with unless Icecast is configured with another."""
PASSWORD_LENGTH = 40


def ingest_mount(slug: str) -> str:
    """Return the mount that a station's encoders push to."""
    return f"/ingest/{slug}"


def public_mount(slug: str) -> str:
    """Return the mount that a station's listeners play."""
    return f"/{slug}.mp3"


def offair_mount(slug: str) -> str:
    """Return the mount that a station's listeners are moved to while its public one has no source."""
    return f"/offair/{slug}.mp3"


def slug_of_ingest(mount: str) -> str | None:
    """Return the station of an ingest mount, None if it is not one."""
    slug = mount.removeprefix("/ingest/")
    return slug if slug != mount and SLUG.fullmatch(slug) else None


def mount_password(secret: str, mount: str) -> str:
    """Derive a mount's static source password, so that it needs no storage and no daemon."""
    return hmac.new(secret.encode(), mount.encode(), hashlib.sha256).hexdigest()[:PASSWORD_LENGTH]
