"""A station's plays, as they are in the database."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import onair as table
from controlplane.db.engine import reading
from controlplane.db.onair import PlayRow


@dataclass(frozen=True, slots=True)
class PlayHistory:
    """Reads plays."""

    engine: AsyncEngine

    async def newest(self, station_id: str, limit: int) -> list[PlayRow]:
        """List a station's newest plays, newest first; raise Upstream."""
        async with reading(self.engine) as connection:
            return await table.history(connection, station_id, limit)
