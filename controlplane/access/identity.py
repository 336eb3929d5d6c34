"""Actors: who makes a request, and what they are permitted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from controlplane.kernel.errors import Banned, BanTerms, Forbidden, Unauthenticated
from controlplane.kernel.permissions import ANONYMOUS, Permission, allows, rank

GUEST_PREFIX = "guest:"


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, a guest, or a request without a token.

    `role` is the platform role; by slug, `at` are the roles at stations, `banned` the bans from some, and `timeouts`
    those that keep from writing in a chat. `only_at` is the station of a bot, which may do nothing elsewhere.
    """

    id: str
    name: str
    role: str
    at: Mapping[str, str] = field(default_factory=dict)
    banned: Mapping[str, BanTerms] = field(default_factory=dict)
    timeouts: Mapping[str, BanTerms] = field(default_factory=dict)
    only_at: str | None = None

    def may(self, permission: Permission, slug: str | None = None) -> bool:
        """Say whether the actor has a permission, at a station if one is named."""
        if permission is not Permission.PUBLIC and slug in self.banned:
            return False
        if self.only_at is not None and not _is_within(self.only_at, permission, slug):
            return False
        at_station = self.at.get(slug or "")
        return allows(frozenset({self.role, at_station} if at_station else {self.role}), permission)

    def must(self, permission: Permission, slug: str | None = None) -> None:
        """Raise Unauthenticated, Banned or Forbidden unless the actor has the permission."""
        if self.may(permission, slug):
            return
        if self.role == ANONYMOUS:
            raise Unauthenticated("a token is needed: POST /api/v1/auth/guest gives one to anybody")
        if slug is not None and slug in self.banned:
            raise Banned(self.banned[slug], slug)
        raise Forbidden(f"{self.name or self.role} may not do that here")

    def rank(self, slug: str | None = None) -> int:
        """Return the actor's rank, at a station if one is named; lower is more powerful."""
        return rank(self.role, self.at.get(slug or ""))


def _is_within(station: str, permission: Permission, slug: str | None) -> bool:
    """Say whether a permission is for nothing but one station, or for looking at oneself."""
    if permission.at_station:
        return slug is None or slug == station
    return permission in {Permission.PUBLIC, Permission.ACCOUNT_SEE}


ANONYMOUS_ACTOR = Actor("", "", ANONYMOUS)
"""A request without a token."""
