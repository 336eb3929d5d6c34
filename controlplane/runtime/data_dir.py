"""Where the data of the stack is."""

import os
from pathlib import Path

from controlplane.runtime.files import directory as make_directory


def _reachable_by_others(directory: Path) -> bool:
    """Say whether an unprivileged account can reach a directory."""
    return all(parent.stat().st_mode & 0o001 for parent in directory.parents)


def create_data_dir(directory: Path) -> None:
    """Create the data directory where the accounts of Icecast and the pipelines can reach it.

    Below a home that is closed to others (root's is), it becomes a link to a directory in /var/lib.
    """
    if directory.exists() or directory.is_symlink():
        return
    if os.geteuid() == 0 and not _reachable_by_others(directory):
        home = Path("/var/lib/awaz") / directory.as_posix().strip("/").replace("/", "-")
        make_directory(home)
        directory.symlink_to(home)
        return
    make_directory(directory)
