"""Secrets, one file each, created on first start and readable by us alone."""

import os
import secrets
from pathlib import Path

from controlplane.kernel.errors import ConfigError
from controlplane.runtime.files import write

PREVIOUS = ".previous"


def load_or_create(directory: Path, name: str) -> str:
    """Return a secret of 256 random bits, created if there is none; raise ConfigError if the file is empty."""
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
    """Replace a secret; the replaced one is accepted, too, until the next rotation."""
    kept = load_or_create(directory, name)
    owner = (directory / name).stat()
    for file, value in ((name + PREVIOUS, kept), (name, secrets.token_hex(32))):
        write(directory / file, value.encode() + b"\n")
        if os.geteuid() == 0:
            # The daemon may run under another account than this command.
            os.chown(directory / file, owner.st_uid, owner.st_gid)


class RotatingSecret:
    """A secret that may be replaced while it is in use."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self._accepted = self._read()

    def accepted(self) -> tuple[str, ...]:
        """Return the secret to sign with, and after it the replaced one, which is accepted too."""
        return self._accepted

    def reload(self) -> bool:
        """Read the files again; say whether they had changed. Raises OSError and ConfigError."""
        before, self._accepted = self._accepted, self._read()
        return before != self._accepted

    def _read(self) -> tuple[str, ...]:
        previous = self._directory / (self._name + PREVIOUS)
        older = (previous.read_text(encoding="ascii").strip(),) if previous.exists() else ()
        return load_or_create(self._directory, self._name), *older
