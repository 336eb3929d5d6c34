"""Sessions of users, and their refresh tokens."""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import refresh_tokens, sessions, users


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token with its session. Times are unix milliseconds."""

    session_id: str
    user_id: str
    spent: bool
    ended: bool
    expires_at: int


async def add(  # noqa: PLR0917 - a session's row
    connection: AsyncConnection, session_id: str, user_id: str, now_ms: int, expires_at: int, address: str
) -> None:
    """Add a session, opened from an address."""
    await connection.execute(
        insert(sessions).values(
            id=session_id,
            user_id=user_id,
            created_at=now_ms,
            used_at=now_ms,
            expires_at=expires_at,
            address=address,
        )
    )


async def opened_from(connection: AsyncConnection, login: str, address: str) -> bool:
    """Say whether one of a user's sessions was opened from an address."""
    query = select(sessions.c.id).join(users, users.c.id == sessions.c.user_id).limit(1)
    query = query.where(func.lower(users.c.login) == login.lower(), sessions.c.address == address)
    return (await connection.execute(query)).first() is not None


async def add_token(connection: AsyncConnection, sha256: str, session_id: str) -> None:
    """Add a refresh token to a session's family, by its hash."""
    await connection.execute(insert(refresh_tokens).values(sha256=sha256, session_id=session_id))


async def find(connection: AsyncConnection, sha256: str) -> Refresh | None:
    """Find a refresh token."""
    query = (
        select(sessions.c.id, sessions.c.user_id, refresh_tokens.c.spent_at, sessions.c.ended_at, sessions.c.expires_at)
        .join(refresh_tokens, refresh_tokens.c.session_id == sessions.c.id)
        .where(refresh_tokens.c.sha256 == sha256)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    return Refresh(row.id, row.user_id, row.spent_at is not None, row.ended_at is not None, row.expires_at)


async def spend(connection: AsyncConnection, sha256: str, now_ms: int) -> bool:
    """Mark a refresh token as spent; say whether it was unspent before."""
    query = update(refresh_tokens).where(refresh_tokens.c.sha256 == sha256, refresh_tokens.c.spent_at.is_(None))
    return (await connection.execute(query.values(spent_at=now_ms))).rowcount > 0


async def spend_all(connection: AsyncConnection, session_id: str, now_ms: int) -> None:
    """Mark a session's unspent refresh tokens as spent."""
    query = update(refresh_tokens).where(refresh_tokens.c.session_id == session_id, refresh_tokens.c.spent_at.is_(None))
    await connection.execute(query.values(spent_at=now_ms))


async def prolong(connection: AsyncConnection, session_id: str, now_ms: int, expires_at: int) -> None:
    """Extend a session that was used."""
    query = update(sessions).where(sessions.c.id == session_id)
    await connection.execute(query.values(used_at=now_ms, expires_at=expires_at))


async def open_sessions(connection: AsyncConnection, user_id: str) -> list[str]:
    """List the ids of a user's sessions that have not ended."""
    query = select(sessions.c.id).where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
    return [row.id for row in await connection.execute(query)]


async def end(connection: AsyncConnection, ids: list[str], now_ms: int, reason: str) -> None:
    """End sessions."""
    query = update(sessions).where(sessions.c.id.in_(ids), sessions.c.ended_at.is_(None))
    await connection.execute(query.values(ended_at=now_ms, reason=reason))


async def delete_expired(connection: AsyncConnection, before_ms: int, spent_before_ms: int) -> None:
    """Delete the sessions that ended or expired, and the refresh tokens that were spent, before a time."""
    await connection.execute(delete(refresh_tokens).where(refresh_tokens.c.spent_at < spent_before_ms))
    await connection.execute(
        delete(sessions).where((sessions.c.ended_at < before_ms) | (sessions.c.expires_at < before_ms))
    )
