"""The messages that there are: pages of them, those that wait, and their end after the days for which they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db import chat as table
from controlplane.db import chat_names
from controlplane.db.chat import MessageRow
from controlplane.db.engine import reading, writing
from controlplane.features.chat.rooms import ChatRooms
from controlplane.features.chat.writer import MessageWriter
from controlplane.kernel.chat import MessageState
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import NotFound

MAX_HELD = 200
"""Held messages that a list has."""
DAY_MS = 86_400_000
GONE = "there is no such message any more"
THERE: tuple[MessageState, ...] = ("shown", "held", "denied")
"""The states of messages that are not deleted."""


async def require(
    connection: AsyncConnection, station_id: str, message_id: str, *, among: Sequence[MessageState] = THERE
) -> MessageRow:
    """Return a message that is in one of some states; raise NotFound."""
    row = await table.find(connection, station_id, message_id)
    if row is None or row.state not in among:
        raise NotFound(GONE)
    return row


@dataclass(frozen=True, slots=True)
class History:
    """Reads messages, and deletes old ones."""

    engine: AsyncEngine
    rooms: ChatRooms
    writer: MessageWriter
    clock: Clock

    async def find(self, slug: str, message_id: str) -> MessageRow:
        """Return a message that is not deleted, where it was published; raise NotFound."""
        station_id = self.rooms.require(slug).station.id
        await self.writer.mark()
        async with reading(self.engine) as connection:
            return await require(connection, station_id, message_id)

    async def page(
        self, slug: str, limit: int, before: str | None, after: str | None
    ) -> tuple[list[MessageRow], str | None]:
        """Return messages before one of them, the newest first, or after one, and the id to go on from.

        A message that was deleted meanwhile still has its place. Raises NotFound.
        """
        station_id, place = self.rooms.require(slug).station.id, after or before
        await self.writer.mark()  # by their positions messages are in order
        async with reading(self.engine) as connection:
            found = (
                await require(connection, station_id, place, among=(*THERE, "deleted")) if place is not None else None
            )
            if after is not None and found is not None:
                rows = await table.after(connection, station_id, found, limit + 1)
            else:
                rows = await table.before(connection, station_id, found, limit + 1)
        return rows[:limit], rows[limit - 1].id if len(rows) > limit else None

    async def held(self, slug: str) -> list[MessageRow]:
        """List the messages that wait for a moderator, the oldest first."""
        station_id = self.rooms.require(slug).station.id
        async with reading(self.engine) as connection:
            return await table.held(connection, station_id, MAX_HELD)

    async def delete_old(self) -> None:
        """Delete the messages that have been kept for as long as their station says, and names that nobody uses."""
        for station in self.rooms.stations():
            async with writing(self.engine) as connection:
                keep_days = (await table.settings_of(connection, station.id)).keep_days
                before = self.clock.now_ms() - keep_days * DAY_MS
                await table.delete_old(connection, station.id, before)
                await chat_names.delete_unused(connection, station.id, before)
        self.writer.names.forget()
