"""A station's plays, as they are in the database."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import onair as table
from controlplane.db.engine import reading
from controlplane.db.onair import PlayRow
from controlplane.protocol.paging import cursor_of, numbers_of, page_of


@dataclass(frozen=True, slots=True)
class PlayHistory:
    """Reads plays."""

    engine: AsyncEngine

    async def page(self, station_id: str, limit: int, cursor: str | None) -> tuple[list[PlayRow], str | None]:
        """Return a page of a station's plays, the newest first, and the cursor of the next."""
        before = numbers_of(cursor) if cursor is not None else None
        async with reading(self.engine) as connection:
            found = await table.titled_before(connection, station_id, limit + 1, before)
        placed, more = page_of(found, limit, lambda row: cursor_of(*row[0]))
        return [play for _, play in placed], more
