"""Open files: every connection is one, and most systems begin with a thousand."""

import resource
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

PAGES, HOOKS, BESIDE = 2000, 500, 500
"""Connections for pages and requests, those of Icecast and the pipelines, and what the database, files and connections
on their way in or out take. Listeners who stay never take the first, strangers never the others."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections may be open: held for as long as somebody listens, for pages, and on the hooks' port."""

    held: int
    pages: int
    hooks: int

    @classmethod
    def wanted(cls, connections: int) -> "Room":
        """Return the room that so many held connections want."""
        return cls(connections, PAGES, HOOKS)


def make_room(connections: int) -> Room:
    """Allow as many open files as so many held connections take, or as the system lets us; log what is too little."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    beside = PAGES + HOOKS + BESIDE
    wanted = connections + beside
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed == wanted:
        return Room.wanted(connections)
    # Of a limit that is far too low, half is for listeners, and each of the others gives up as much of its share.
    rest = min(beside, allowed // 2)
    room = Room(allowed - rest, PAGES * rest // beside, HOOKS * rest // beside)
    log.info(
        "not all of gateway.connections fit into the limit of open files (systemd: LimitNOFILE)",
        allowed=allowed,
        wanted=wanted,
        held=room.held,
    )
    return room
