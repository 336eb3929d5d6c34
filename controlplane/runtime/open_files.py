"""The limit of open files: every connection is one, and most systems begin with a thousand."""

import resource
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

PAGE_CONNECTIONS, HOOK_CONNECTIONS, OTHER_FILES = 2000, 500, 500
"""Connections for pages and requests; those of Icecast and the pipelines; the database's, files, and connections that
are being opened or closed. Listeners never take the first, and clients from outside never the others."""


@dataclass(frozen=True, slots=True)
class OpenFileBudget:
    """How many connections may be open: held by sockets and event streams, for pages, and on the hooks' port."""

    held: int
    pages: int
    hooks: int

    @classmethod
    def wanted(cls, connections: int) -> "OpenFileBudget":
        """Return the budget for so many held connections."""
        return cls(connections, PAGE_CONNECTIONS, HOOK_CONNECTIONS)


def raise_limit(connections: int) -> OpenFileBudget:
    """Raise the limit to what so many held connections need, or to the system's; return what fits into it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    others = PAGE_CONNECTIONS + HOOK_CONNECTIONS + OTHER_FILES
    wanted = connections + others
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed == wanted:
        return OpenFileBudget.wanted(connections)
    # Of a limit that is far too low, half is for listeners, and each of the others gives up as much of its share.
    rest = min(others, allowed // 2)
    budget = OpenFileBudget(allowed - rest, PAGE_CONNECTIONS * rest // others, HOOK_CONNECTIONS * rest // others)
    log.info(
        "open_files_limited", allowed=allowed, wanted=wanted, connections=budget.held, raise_with="systemd: LimitNOFILE"
    )
    return budget
