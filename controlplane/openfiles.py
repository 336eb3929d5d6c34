"""Open files: every connection is one, and most systems begin with a thousand."""

import resource

import structlog

log = structlog.get_logger()

HOOKS = 500
"""Connections of Icecast and the pipelines: strangers never take their share."""
BESIDE = 1000
"""What the hooks, the database, files, and connections on their way in or out take."""


def make_room(connections: int) -> int:
    """Allow as many open files as so many connections take, or as the system lets us; log what is too little.

    Returns how many connections there is room for.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + BESIDE
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.info(
            "not all of gateway.connections fit into the limit of open files (systemd: LimitNOFILE)",
            allowed=allowed,
            wanted=wanted,
        )
    room = soft if soft != resource.RLIM_INFINITY and soft > allowed else allowed
    # Of a limit that is far too low, half is for the rest.
    return connections if allowed == wanted else max(room - BESIDE, room // 2)
