"""Files that other programs read: written whole or not at all, with the right owner."""

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """A system account."""

    user: str
    uid: int
    group: str
    gid: int


def account(user: str) -> Account | None:
    """Return the account that a program runs under: `user` if we are root and it exists, else None (our own)."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return None
    return Account(user, entry.pw_uid, grp.getgrgid(entry.pw_gid).gr_name, entry.pw_gid)


def write(path: Path, content: bytes, reader: Account | None = None) -> bool:
    """Write a file that only we and `reader` may read; say whether it changed."""
    mode = 0o600 if reader is None else 0o640
    if path.exists():
        found = path.stat()
        ours = found.st_mode & 0o777 == mode and (reader is None or found.st_gid == reader.gid)
        if ours and path.read_bytes() == content:
            return False
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(b"")
    draft.chmod(mode)
    if reader is not None:
        os.chown(draft, os.geteuid(), reader.gid)
    draft.write_bytes(content)
    draft.replace(path)
    return True


def directory(path: Path, owner: Account | None = None, mode: int = 0o755) -> Path:
    """Create a directory, with its parents, and give it to `owner`."""
    for place in reversed([path, *path.parents]):
        if not place.exists():
            place.mkdir()
            # Whatever the umask: other accounts must be able to reach their own files below.
            place.chmod(0o755)
    path.chmod(mode)
    if owner is not None:
        os.chown(path, owner.uid, owner.gid)
    return path
