"""Permissions and roles: every permission is one row of one table. Roles come from the database, never from a token."""

from enum import StrEnum


class Permission(StrEnum):
    """A permission, as `resource:action`."""

    PUBLIC = "public"
    ACCOUNT_SEE = "account:see"
    ACCOUNT_UPGRADE = "account:upgrade"
    ACCOUNT_MANAGE = "account:manage"
    STATION_LISTEN = "station:listen"
    STATION_SET_METADATA = "station:set_metadata"
    STATION_READ_ENCODER = "station:read_encoder"
    STATION_GO_LIVE = "station:go_live"
    STATION_KICK = "station:kick"
    STATION_INCIDENTS = "station:incidents"
    STATION_READ_MEMBERS = "station:read_members"
    STATION_MANAGE_MEMBERS = "station:manage_members"
    STATION_OWN_KEYS = "station:own_keys"
    STATION_MANAGE_KEYS = "station:manage_keys"
    STATION_MODERATE = "station:moderate"
    STATION_READ_AUDIT = "station:read_audit"
    STATION_CONFIGURE = "station:configure"
    STATION_REMOVE = "station:remove"
    STATION_READ_LIBRARY = "station:read_library"
    STATION_EDIT_LIBRARY = "station:edit_library"
    STATION_EDIT_QUEUE = "station:edit_queue"
    PLATFORM_WATCH = "platform:watch"
    PLATFORM_MODERATE = "platform:moderate"
    PLATFORM_CREATE_STATIONS = "platform:create_stations"
    PLATFORM_MANAGE_STATIONS = "platform:manage_stations"
    PLATFORM_MANAGE_USERS = "platform:manage_users"
    PLATFORM_READ_AUDIT = "platform:read_audit"

    @property
    def at_station(self) -> bool:
        """Whether it is a permission at one station."""
        return self.startswith("station:")


PLATFORM_ROLES = ("admin", "user", "guest")
STATION_ROLES = ("owner", "host", "moderator", "listener")
"""From the most to the least powerful; nobody bans or demotes an equal."""

ANONYMOUS = "anonymous"
"""The role of a request without a token."""

ALL_ROLES = (*PLATFORM_ROLES, *STATION_ROLES, ANONYMOUS)
EVERYBODY = frozenset(PLATFORM_ROLES)
STATION_MANAGERS = frozenset({"admin", "owner"})
ON_AIR = STATION_MANAGERS | {"host"}
STAFF = ON_AIR | {"moderator"}
ADMIN = frozenset({"admin"})

ALLOWED: dict[Permission, frozenset[str]] = {
    Permission.PUBLIC: EVERYBODY | {ANONYMOUS},
    Permission.ACCOUNT_SEE: EVERYBODY,
    Permission.ACCOUNT_UPGRADE: frozenset({"guest"}),
    Permission.ACCOUNT_MANAGE: frozenset({"admin", "user"}),
    Permission.STATION_LISTEN: EVERYBODY,
    Permission.STATION_SET_METADATA: ON_AIR,
    Permission.STATION_READ_ENCODER: ON_AIR,
    Permission.STATION_GO_LIVE: ON_AIR,
    Permission.STATION_KICK: STATION_MANAGERS,
    Permission.STATION_INCIDENTS: STAFF,
    Permission.STATION_READ_MEMBERS: STAFF,
    Permission.STATION_MANAGE_MEMBERS: STATION_MANAGERS,
    Permission.STATION_OWN_KEYS: ON_AIR,
    Permission.STATION_MANAGE_KEYS: STATION_MANAGERS,
    Permission.STATION_MODERATE: STAFF,
    Permission.STATION_READ_AUDIT: STATION_MANAGERS,
    Permission.STATION_CONFIGURE: STATION_MANAGERS,
    Permission.STATION_REMOVE: STATION_MANAGERS,
    Permission.STATION_READ_LIBRARY: ON_AIR,
    Permission.STATION_EDIT_LIBRARY: ON_AIR,
    Permission.STATION_EDIT_QUEUE: ON_AIR,
    Permission.PLATFORM_WATCH: EVERYBODY,
    Permission.PLATFORM_MODERATE: ADMIN,
    # The setting `stations.creators` says whether admins alone are let through.
    Permission.PLATFORM_CREATE_STATIONS: frozenset({"admin", "user"}),
    Permission.PLATFORM_MANAGE_STATIONS: ADMIN,
    Permission.PLATFORM_MANAGE_USERS: ADMIN,
    Permission.PLATFORM_READ_AUDIT: ADMIN,
}


def allows(roles: frozenset[str], permission: Permission) -> bool:
    """Say whether any of an actor's roles (the platform role and the one at the station) has the permission."""
    return not roles.isdisjoint(ALLOWED[permission])


def creates_stations(platform: str, creators: str) -> bool:
    """Say whether a platform role may create stations where the setting `stations.creators` is "admins" or "users"."""
    return platform == "admin" or (platform == "user" and creators == "users")


def rank(platform: str, at_station: str | None) -> int:
    """Return a user's rank at a station: 0 for an admin, then owner to listener, then everybody else."""
    if platform == "admin":
        return 0
    return 1 + (STATION_ROLES.index(at_station) if at_station in STATION_ROLES else len(STATION_ROLES))
