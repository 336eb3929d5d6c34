"""Who may do what: every permission is one row of one table."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing that can be allowed, as `resource:action`."""

    PUBLIC = "public"
    STATION_LISTEN = "station:listen"
    PLATFORM_WATCH = "platform:watch"
    STATION_SET_METADATA = "station:set_metadata"
    STATION_READ_ENCODER = "station:read_encoder"
    STATION_INCIDENTS = "station:incidents"


EVERYBODY = frozenset({"admin", "user", "guest"})
STAFF = frozenset({"admin", "owner", "host"})

ALLOWED: dict[Permission, frozenset[str]] = {
    Permission.PUBLIC: EVERYBODY | {"anonymous"},
    Permission.STATION_LISTEN: EVERYBODY,
    Permission.PLATFORM_WATCH: EVERYBODY,
    Permission.STATION_SET_METADATA: STAFF,
    Permission.STATION_READ_ENCODER: STAFF,
    Permission.STATION_INCIDENTS: STAFF | {"moderator"},
}


def allows(roles: frozenset[str], permission: Permission) -> bool:
    """Say whether any of an actor's roles (platform role and role at the station) holds the permission."""
    return not roles.isdisjoint(ALLOWED[permission])
