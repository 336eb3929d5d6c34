"""Who asks for something, and what they may do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from controlplane.errors import Banned, Forbidden, Unauthenticated
from controlplane.permissions import ANONYMOUS, Permission, allows, rank

GUEST_PREFIX = "guest:"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something.

    `role` is the platform role, `at` the roles at stations and `banned` the reasons for being sent away from some, both
    by slug.
    """

    id: str
    name: str
    role: str
    at: Mapping[str, str] = field(default_factory=dict)
    banned: Mapping[str, str] = field(default_factory=dict)

    def may(self, permission: Permission, slug: str | None = None) -> bool:
        """Say whether the actor holds a permission, at a station if one is named."""
        if permission is not Permission.PUBLIC and slug in self.banned:
            return False
        at_station = self.at.get(slug or "")
        return allows(frozenset({self.role, at_station} if at_station else {self.role}), permission)

    def must(self, permission: Permission, slug: str | None = None) -> None:
        """Raise Unauthenticated, Banned or Forbidden unless the actor holds the permission."""
        if self.may(permission, slug):
            return
        if self.role == ANONYMOUS:
            raise Unauthenticated("a token is needed: POST /api/v1/auth/guest gives one to anybody")
        if slug is not None and slug in self.banned:
            raise Banned(self.banned[slug])
        raise Forbidden(f"{self.name or self.role} may not do that here")

    def rank(self, slug: str | None = None) -> int:
        """Return how powerful the actor is, at a station if one is named; less is more."""
        return rank(self.role, self.at.get(slug or ""))


NOBODY = Actor("", "", ANONYMOUS)
"""A request without a token."""
