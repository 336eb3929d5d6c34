"""Open files: every connection is one, and most systems begin with a thousand."""

import resource

import structlog

log = structlog.get_logger()

BESIDE = 200
"""What the daemon itself, its database and its listeners on other ports take."""


def make_room(connections: int) -> None:
    """Allow as many open files as so many connections take, or as the system lets us; log what is too little."""
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
