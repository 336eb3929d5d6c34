"""Authentication: from a token to the actor that it stands for."""

import secrets
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.batch_loader import BatchLoader
from controlplane.access.cache import AccessCache
from controlplane.access.claims import Claims
from controlplane.access.identity import Actor
from controlplane.access.tokens import TokenMint
from controlplane.db import access, audit, users
from controlplane.db.engine import reading
from controlplane.db.users import User
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import Conflict, Unauthenticated
from controlplane.kernel.text import NAME_BYTES, clean
from controlplane.runtime.config import Settings

Identity = tuple[str, str]
"""An external issuer, and its subject."""


@dataclass(slots=True)
class Authenticator:
    """Reads tokens, ours and an external issuer's, and finds the actors they belong to."""

    engine: AsyncEngine
    tokens: TokenMint
    cache: AccessCache
    clock: Clock = SYSTEM_CLOCK
    _user_ids: dict[Identity, str] = field(default_factory=dict)
    _identities: BatchLoader[Identity, str] = field(init=False)

    def __post_init__(self) -> None:  # noqa: D105 - makes what belongs to no caller
        self._identities = BatchLoader(self._read_identities)

    @classmethod
    def build(cls, settings: Settings, engine: AsyncEngine, clock: Clock = SYSTEM_CLOCK) -> "Authenticator":
        """Return an authenticator of this platform's tokens; raise ConfigError if an external key cannot be used."""
        return cls(engine, TokenMint.of(settings, clock), AccessCache(engine, clock), clock)

    async def authenticate(self, token: object, address: str) -> tuple[Actor, Claims]:
        """Return the actor that a token stands for at an address, and its claims.

        Raises Unauthenticated, Banned, or Upstream while the database has never answered.
        """
        claims = await self.claims(token)
        return await self.cache.actor(claims, address), claims

    async def claims(self, token: object) -> Claims:
        """Return a token's claims, with our own user's id for their subject; raise Unauthenticated or Upstream."""
        claims = self.tokens.read(token)
        if claims.issuer == self.tokens.settings.issuer:
            return claims
        return replace(claims, subject=await self._user_of(claims), session=None)

    async def _user_of(self, claims: Claims) -> str:
        """Return the id of an external subject's user, who is created on the first visit."""
        identity = claims.issuer, claims.subject
        if identity in self._user_ids:
            return self._user_ids[identity]
        user_id = await self._identities.load(identity)
        if user_id is None:
            try:
                user_id = await self._create(claims)
            except Conflict:  # two first visits at the same time
                user_id = await self._identities.load(identity)
        if user_id is None:
            raise Unauthenticated("no user of this platform belongs to the token")
        self._user_ids[identity] = user_id
        return user_id

    async def _read_identities(self, keys: set[Identity]) -> dict[Identity, str]:
        async with reading(self.engine) as connection:
            return await access.identities_of(connection, keys)

    async def _create(self, claims: Claims) -> str:
        user_id = secrets.token_hex(16)
        name = clean(claims.name, NAME_BYTES) or f"Listener {user_id[:4]}"
        user = User(user_id, f"external-{user_id[:12]}", name, "user", None)
        async with access.changing(self.engine) as connection:
            await users.add(connection, user, self.clock.now_ms())
            await access.add_identity(connection, claims.issuer, claims.subject, user_id)
            detail = {"role": user.role}
            by = AuditActor(user_id, name)
            await audit.note(connection, self.clock.now_ms(), by, "user.first_seen", user.login, detail=detail)
        return user_id
