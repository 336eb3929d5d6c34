"""Secrets made on first start, one file each, readable by us alone."""

import os
import secrets
from pathlib import Path


def secret(directory: Path, name: str) -> str:
    """Return a secret of 256 random bits, made the first time it is asked for."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    return path.read_text(encoding="ascii").strip()
