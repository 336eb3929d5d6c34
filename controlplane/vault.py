"""Secrets made on first start, one file each, readable by us alone."""

import os
import secrets
from pathlib import Path

from controlplane.errors import ConfigError


def secret(directory: Path, name: str) -> str:
    """Return a secret of 256 random bits, made the first time it is asked for; raise ConfigError if it was emptied."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if not kept:
            raise ConfigError([f"{path} is empty: remove it, and a new secret is made"]) from None
        return kept
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    return path.read_text(encoding="ascii").strip()
