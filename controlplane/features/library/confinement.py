"""Limits of a program that reads strangers' files, set before it opens one."""

import os
import resource

DEMUXERS = "mp3,aac,mov,ogg,flac,wav"
"""Those that ffmpeg may use. Playlists are not among them: one could name other files of this machine."""


def confine(memory_bytes: int, cpu_s: int, file_bytes: int, account: tuple[int, int] | None) -> None:
    """Limit memory, processor time and written files of this process and its children, and take another account.

    `account` is a user's and a group's id, None where we are not root.
    """
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    if account is not None:
        uid, gid = account
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
