"""Open files: every connection is one, and most systems begin with a thousand."""

import resource

import structlog

log = structlog.get_logger()

PAGES = 2000
"""Connections for pages and requests: listeners who stay never take their share."""
HOOKS = 500
"""Connections of Icecast and the pipelines: strangers never take theirs."""
BESIDE = 500
"""What the database, files, and connections on their way in or out take."""


def make_room(connections: int) -> int:
    """Allow as many open files as so many held connections take, or as the system lets us; log what is too little.

    Returns how many connections can be held.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + PAGES + HOOKS + BESIDE
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed == wanted:
        return connections
    # Of a limit that is far too low, half is for the rest.
    held = max(connections - (wanted - allowed), allowed // 2)
    log.info(
        "not all of gateway.connections fit into the limit of open files (systemd: LimitNOFILE)",
        allowed=allowed,
        wanted=wanted,
        held=held,
    )
    return held
