"""Invitations to a station."""

from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import invitations, stations


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation; times are unix milliseconds. It ends by being accepted or withdrawn.

    `note` is for whoever made it, such as the name of the person that it was sent to, and `message` for that person.
    """

    id: str
    slug: str
    role: str
    made_by: str
    made_by_id: str
    created_at: int
    expires_at: int
    accepted_by: str | None = None
    ended_at: int | None = None
    note: str = ""
    message: str = ""

    def state(self, now_ms: int) -> str:
        """Return `open`, `accepted`, `withdrawn` or `expired`."""
        if self.accepted_by is not None:
            return "accepted"
        if self.ended_at is not None:
            return "withdrawn"
        return "open" if now_ms < self.expires_at else "expired"


_COLUMNS = (
    invitations.c.id,
    stations.c.slug,
    invitations.c.role,
    invitations.c.made_by,
    invitations.c.made_by_id,
    invitations.c.created_at,
    invitations.c.expires_at,
    invitations.c.accepted_by,
    invitations.c.ended_at,
    invitations.c.note,
    invitations.c.message,
)
_QUERY = select(*_COLUMNS).join(stations, stations.c.id == invitations.c.station_id)


async def add(connection: AsyncConnection, made: Invitation, station_id: str, sha256: str) -> None:
    """Add an invitation, by the hash of its token."""
    await connection.execute(
        insert(invitations).values(
            id=made.id,
            station_id=station_id,
            role=made.role,
            sha256=sha256,
            made_by=made.made_by,
            made_by_id=made.made_by_id,
            created_at=made.created_at,
            expires_at=made.expires_at,
            note=made.note,
            message=made.message,
        )
    )


async def at_station(connection: AsyncConnection, slug: str, since_ms: int, limit: int) -> list[Invitation]:
    """List a station's invitations, newest first, without those that ended or expired before a time."""
    ended_at = func.coalesce(invitations.c.ended_at, invitations.c.expires_at)
    here = _QUERY.where(stations.c.slug == slug, ended_at >= since_ms)
    query = here.order_by(invitations.c.created_at.desc()).limit(limit)
    return [Invitation(**row) for row in (await connection.execute(query)).mappings()]


async def by_token(connection: AsyncConnection, sha256: str) -> Invitation | None:
    """Find an invitation by the hash of its token."""
    row = (await connection.execute(_QUERY.where(invitations.c.sha256 == sha256))).mappings().first()
    return Invitation(**row) if row else None


async def end(connection: AsyncConnection, invitation_id: str, slug: str, now_ms: int, by: str | None = None) -> bool:
    """End an open invitation of a station, accepted by a user or withdrawn; say whether it was open."""
    here = select(stations.c.id).where(stations.c.slug == slug).scalar_subquery()
    query = update(invitations).where(
        invitations.c.id == invitation_id, invitations.c.station_id == here, invitations.c.ended_at.is_(None)
    )
    return (await connection.execute(query.values(ended_at=now_ms, accepted_by=by))).rowcount > 0
