"""Settings of a station's chat: its mode, also against a raid, its word list, and for how long messages are kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import audit
from controlplane.db import chat as table
from controlplane.db.engine import reading, writing
from controlplane.features.chat import rules
from controlplane.features.chat.rooms import ChatRooms
from controlplane.features.chat.views import mode_view
from controlplane.features.chat.words import WordList
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.chat import ChatMode
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import AwazError
from controlplane.live.hub import Hub
from controlplane.live.message import chat_room
from controlplane.live.sse import EventStreams
from controlplane.protocol.chat import ChatModeChanged

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Modes:
    """The one door to those settings."""

    engine: AsyncEngine
    hub: Hub
    rooms: ChatRooms
    event_streams: EventStreams
    clock: Clock

    async def change(self, by: AuditActor, slug: str, changes: Mapping[str, object], *, raid: bool | None) -> ChatMode:
        """Change a chat's mode by the names of its fields, and begin or end a raid; return the mode."""
        mode = await self.set_mode(by, slug, changes) if changes else self.rooms.require(slug).mode
        if raid is not None:
            mode = await self.begin_raid(by, slug) if raid else await self.end_raid(slug, by)
        return mode

    async def set_mode(self, by: AuditActor, slug: str, changes: Mapping[str, object]) -> ChatMode:
        """Change a chat's mode by the names of its fields; return it."""
        room, now = self.rooms.require(slug), self.clock.now_ms()
        async with writing(self.engine) as connection:
            await table.set_settings(connection, room.station.id, changes)
            mode = (await table.settings_of(connection, room.station.id)).mode
            detail = {name: str(value) for name, value in changes.items()}
            await audit.note(connection, now, by, "chat.mode", slug, station=slug, detail=detail)
        return self._tell(slug, mode, by.name)

    async def begin_raid(self, by: AuditActor, slug: str) -> ChatMode:
        """Close the chat to a raid for ten minutes, or for ten more; return its mode."""
        room, now = self.rooms.require(slug), self.clock.now_ms()
        async with writing(self.engine) as connection:
            settings = await table.settings_of(connection, room.station.id)
            before = settings.before_raid or orjson.dumps(settings.mode).decode()
            mode = rules.against_raid(settings.mode, now)
            await table.set_settings(connection, room.station.id, asdict(mode) | {"before_raid": before})
            await audit.note(connection, now, by, "chat.raid", slug, station=slug)
        return self._tell(slug, mode, by.name)

    async def end_raid(self, slug: str, by: AuditActor | None = None) -> ChatMode:
        """Put the mode in force again that was before the raid; return it."""
        room = self.rooms.require(slug)
        async with writing(self.engine) as connection:
            settings = await table.settings_of(connection, room.station.id)
            mode = ChatMode(**orjson.loads(settings.before_raid)) if settings.before_raid else settings.mode
            await table.set_settings(connection, room.station.id, asdict(mode) | {"before_raid": ""})
            if by is not None:
                await audit.note(connection, self.clock.now_ms(), by, "chat.raid_end", slug, station=slug)
        return self._tell(slug, mode, by.name if by is not None else None)

    async def end_raids(self) -> None:
        """End those whose time is over."""
        try:
            async with reading(self.engine) as connection:
                over = await table.raids_over(connection, self.clock.now_ms())
            for slug in filter(None, map(self.rooms.slug_of, over)):
                await self.end_raid(slug)
        except AwazError as error:
            # The database is away, or a station is gone: the next time.
            log.info("raids_not_ended", reason=str(error))

    async def settings(self, slug: str) -> table.ChatSettings:
        """Return a chat's settings."""
        async with reading(self.engine) as connection:
            return await table.settings_of(connection, self.rooms.require(slug).station.id)

    async def configure(self, by: AuditActor, slug: str, changes: Mapping[str, Any]) -> None:
        """Change a chat's `words`, the `keep_days` of its messages, and whether it is `public`."""
        room, values, detail = self.rooms.require(slug), {**changes}, {**changes}
        if not changes:
            return
        if "words" in changes:
            words = WordList.of(changes["words"])
            values["words"], detail["words"] = orjson.dumps(words.words).decode(), len(words.words)
        async with writing(self.engine) as connection:
            await table.set_settings(connection, room.station.id, values)
            await audit.note(connection, self.clock.now_ms(), by, "chat.configure", slug, station=slug, detail=detail)
            settings = await table.settings_of(connection, room.station.id)
        room.words = WordList.of(settings.words)
        self.event_streams.let_in(chat_room(slug), allowed=settings.public)

    def _tell(self, slug: str, mode: ChatMode, by: str | None) -> ChatMode:
        self.hub.send(slug, ChatModeChanged(**mode_view(mode).model_dump(), by=by))
        return mode
