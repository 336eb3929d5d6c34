"""Uploads that are going on, and those that have lately become tracks."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import uploads


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload of `size` bytes; `track_id` is the track that it has become."""

    id: str
    station_id: str
    user_id: str
    file_name: str
    size: int
    expires_at: int
    track_id: str | None = None


_COLUMNS = (
    uploads.c.id,
    uploads.c.station_id,
    uploads.c.user_id,
    uploads.c.file_name,
    uploads.c.size,
    uploads.c.expires_at,
    uploads.c.track_id,
)


async def add(connection: AsyncConnection, upload: UploadRow) -> None:
    """Add an upload."""
    await connection.execute(insert(uploads).values({column.name: getattr(upload, column.name) for column in _COLUMNS}))


async def by_id(connection: AsyncConnection, upload_id: str) -> UploadRow | None:
    """Find an upload."""
    row = (await connection.execute(select(*_COLUMNS).where(uploads.c.id == upload_id))).first()
    return UploadRow(*row) if row is not None else None


async def finish(connection: AsyncConnection, upload_id: str, track_id: str) -> None:
    """Record the track that an upload has become."""
    await connection.execute(update(uploads).where(uploads.c.id == upload_id).values(track_id=track_id))


async def postpone(connection: AsyncConnection, upload_id: str, expires_at: int) -> None:
    """Let an upload end later."""
    await connection.execute(update(uploads).where(uploads.c.id == upload_id).values(expires_at=expires_at))


async def remove(connection: AsyncConnection, upload_id: str) -> None:
    """Remove an upload."""
    await connection.execute(delete(uploads).where(uploads.c.id == upload_id))


async def expired(connection: AsyncConnection, now_ms: int) -> list[UploadRow]:
    """List the uploads that have expired."""
    return [UploadRow(*row) for row in await connection.execute(select(*_COLUMNS).where(uploads.c.expires_at < now_ms))]


async def ids(connection: AsyncConnection) -> set[str]:
    """Return the ids of all uploads."""
    return set((await connection.execute(select(uploads.c.id))).scalars())
