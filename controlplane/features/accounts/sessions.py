"""Sessions: each begins with a password, goes on with refresh tokens, and ends for all of its tokens at once."""

import secrets
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.cache import SESSION_ENDED, AccessCache
from controlplane.access.claims import MAX_LIFETIME_S
from controlplane.db import access, audit, users
from controlplane.db import sessions as table
from controlplane.db.engine import writing
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Unauthenticated
from controlplane.kernel.tokens import token_hash
from controlplane.runtime.sections import TokensSettings

log = structlog.get_logger()

REFRESH_BYTES = 32


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session with its unspent refresh token."""

    session: str
    user_id: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens, renews and ends sessions."""

    engine: AsyncEngine
    cache: AccessCache
    settings: TokensSettings
    clock: Clock

    async def open(self, connection: AsyncConnection, user_id: str, address: str) -> OpenSession:
        """Open a session for a user who came from an address, in the caller's transaction."""
        now = self.clock.now_ms()
        session = secrets.token_hex(16)
        await table.add(connection, session, user_id, now, now + self.settings.refresh_lifetime_s * 1000, address)
        return await self._next(connection, session, user_id)

    async def refresh(self, refresh_token: str, by: AuditActor) -> OpenSession:
        """Exchange a refresh token for the next one; raise Unauthenticated. A spent one ends the session."""
        sha256, now = token_hash(refresh_token), self.clock.now_ms()
        async with writing(self.engine) as connection:
            found = await table.find(connection, sha256)
            if found is None or found.ended or found.expires_at <= now:
                raise Unauthenticated(SESSION_ENDED)
            # Marked and checked in one statement: of two requests at once, one is late.
            if await table.spend(connection, sha256, now):
                expires_at = now + self.settings.refresh_lifetime_s * 1000
                await table.prolong(connection, found.session_id, now, expires_at)
                return await self._next(connection, found.session_id, found.user_id)
        log.warning("refresh_token_reused", user=found.user_id, address=by.address)
        async with self.cache.changing() as connection:
            user = await users.by_id(connection, found.user_id)
            name = user.login if user is not None else ""
            await self.end(connection, [found.session_id], "reuse")
            await audit.note(connection, now, by, "session.reuse", name)
        raise Unauthenticated(SESSION_ENDED)

    async def end(self, connection: AsyncConnection, sessions: list[str], reason: str) -> None:
        """End sessions, in the caller's transaction, and revoke all of their tokens."""
        now = self.clock.now_ms()
        await table.end(connection, sessions, now, reason)
        await access.revoke(connection, sessions, now + MAX_LIFETIME_S * 1000)

    async def end_all(self, connection: AsyncConnection, user_id: str, reason: str, keep: str | None = None) -> None:
        """End all of a user's sessions but one, and the tokens that were minted without any."""
        await self.end(
            connection, [each for each in await table.open_sessions(connection, user_id) if each != keep], reason
        )
        await self.end_minted(connection, user_id)

    async def end_minted(self, connection: AsyncConnection, user_id: str) -> None:
        """Revoke a user's tokens that belong to no session."""
        await users.tokens_from(connection, user_id, int(self.clock.now_s()) + 1)

    async def renew(self, connection: AsyncConnection, session: str, user_id: str) -> OpenSession:
        """Give a session another refresh token for the one it has, in the caller's transaction."""
        await table.spend_all(connection, session, self.clock.now_ms())
        return await self._next(connection, session, user_id)

    async def _next(self, connection: AsyncConnection, session: str, user_id: str) -> OpenSession:
        refresh_token = secrets.token_urlsafe(REFRESH_BYTES)
        await table.add_token(connection, token_hash(refresh_token), session)
        return OpenSession(session, user_id, refresh_token)
