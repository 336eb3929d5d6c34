"""Secrets made on first start, one file each, readable by us alone."""

import os
import secrets
from pathlib import Path

from controlplane.errors import ConfigError
from controlplane.files import write

PREVIOUS = ".previous"


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


def rotate(directory: Path, name: str) -> None:
    """Replace a secret; what was made with the replaced one is accepted until the next time."""
    kept = secret(directory, name)
    owner = (directory / name).stat()
    for file, value in ((name + PREVIOUS, kept), (name, secrets.token_hex(32))):
        write(directory / file, value.encode() + b"\n")
        if os.geteuid() == 0:
            # The daemon may run as somebody else than whoever types the command.
            os.chown(directory / file, owner.st_uid, owner.st_gid)


class Rotating:
    """A secret that may be replaced while it is in use, with the one before it."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self._accepted = self._read()

    def accepted(self) -> tuple[str, ...]:
        """Return the secret to make new things with, and after it the one that is accepted too."""
        return self._accepted

    def look_again(self) -> bool:
        """Take over what the files say now; say whether that was news. Raises OSError and ConfigError."""
        before, self._accepted = self._accepted, self._read()
        return before != self._accepted

    def _read(self) -> tuple[str, ...]:
        previous = self._directory / (self._name + PREVIOUS)
        older = (previous.read_text(encoding="ascii").strip(),) if previous.exists() else ()
        return secret(self._directory, self._name), *older
