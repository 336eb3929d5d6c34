"""The chat of the stations: what people write, change and delete, and its mode."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.db import audit, chat_names
from controlplane.db import chat as table
from controlplane.db.chat import MessageRow
from controlplane.db.engine import reading, writing
from controlplane.features.chat import rules
from controlplane.features.chat.commands import unescaped
from controlplane.features.chat.names import KEY_CHARS, Named
from controlplane.features.chat.rooms import KEPT, ChatRooms, Room
from controlplane.features.chat.rules import MESSAGE_RATE, Person
from controlplane.features.chat.views import message_view, mode_view
from controlplane.features.chat.words import WordList
from controlplane.features.chat.writer import SWEEP_FOR_MS, MessageWriter
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.chat import ChatMode
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import AwazError, Forbidden, NotFound, TooFast
from controlplane.kernel.lookalikes import lookalike_key
from controlplane.kernel.stations import StationRow
from controlplane.kernel.token_bucket import TokenBucket
from controlplane.live.hub import Hub
from controlplane.protocol.chat import ChatDeleted, ChatEdited, ChatHeld, ChatModeChanged, ChatSend, ChatSettled

log = structlog.get_logger()

WRITERS_KEPT = 20_000
MAX_HELD = 200
"""Held messages that a list has."""
DAY_MS = 86_400_000


@dataclass(slots=True)
class _Pace:
    """How fast somebody writes; `last_ms` is when they wrote last, in unix milliseconds."""

    bucket: TokenBucket = field(default_factory=lambda: TokenBucket(MESSAGE_RATE))
    last_ms: int | None = None


@dataclass(slots=True)
class OrderedIds:
    """Ids that rise, as those of RFC 9562 in version 7 do: what was written first is published first, also by the next
    daemon."""

    _ms: int = 0
    _count: int = 0

    def next(self, now_ms: int) -> str:
        """Return an id: a time in milliseconds, a number within it, and 64 random bits."""
        self._count = self._count + 1 if now_ms <= self._ms else 0
        self._ms = max(now_ms, self._ms)
        return f"{self._ms:012x}{self._count:04x}{secrets.token_hex(8)}"


@dataclass(slots=True)
class Chat:
    """The one door to messages. `is_on_air` says whether something plays at a station, by its slug."""

    engine: AsyncEngine
    hub: Hub
    rooms: ChatRooms
    writer: MessageWriter
    is_on_air: Callable[[str], bool]
    clock: Clock
    _paces: OrderedDict[tuple[str, str], _Pace] = field(default_factory=OrderedDict)
    _ids: OrderedIds = field(default_factory=OrderedIds)

    async def take_on(self, station: StationRow) -> None:
        """Take a station's chat on, publishing first what was committed and not published; raise Upstream."""
        self.rooms.put(Room(station))
        now = self.clock.now_ms()
        async with reading(self.engine) as connection:
            left = await table.unpublished(connection, now - SWEEP_FOR_MS, now + 1)
        await self.writer.publish_all([each for each in left if each.station_id == station.id])
        await self.writer.mark()
        async with reading(self.engine) as connection:
            settings = await table.settings_of(connection, station.id)
            newest = await table.newest(connection, station.id, KEPT)
            pinned = await table.find(connection, station.id, settings.pinned_id or "")
        shown = message_view(pinned) if pinned is not None and pinned.state == "shown" else None
        messages = {row.id: message_view(row) for row in newest}
        self.rooms.put(Room(station, settings.mode, shown, WordList.of(settings.words), messages))

    async def send(self, actor: Actor, asked: ChatSend, *, announcement: bool = False) -> MessageRow:
        """Return a message once it is committed; it is shown, or held for a moderator.

        Raises InvalidInput, Forbidden, TimedOut, TooFast, Conflict, Busy, or Upstream: then it was not written.
        """
        room = self.rooms.require(asked.station)
        client_id = asked.client_id.lower()
        before = await self.writer.sent_before((actor.id, client_id))
        if before is not None:
            return before
        text, now = rules.checked_text(unescaped(asked.text)), self.clock.now_ms()
        person = Person.of(actor, asked.station, new=await self._is_new(room, actor))
        state = rules.state_of(room.mode, person, text, room.words, on_air=self.is_on_air(asked.station), now=now)
        row = MessageRow(
            id=self._ids.next(now),
            station_id=room.station.id,
            user_id=actor.id,
            client_id=client_id,
            name=actor.name,
            role=actor.at.get(asked.station) or actor.role,
            text=text,
            reply_to=asked.reply_to,
            announcement=announcement,
            state=state,
            edited=False,
            written_at=now,
            at=now,
        )
        named = Named(room.station.id, actor.id, actor.name, person.staff)
        stored = await self._add_paced(room, row, named)
        if stored.state == "held" and stored.id == row.id:
            self.hub.send(asked.station, ChatHeld(message=message_view(stored)))
        return stored

    async def edit(self, actor: Actor, slug: str, message_id: str, given: str) -> None:
        """Change the text of one's own message; raise as `send` does, and NotFound."""
        room, text, now = self.rooms.require(slug), rules.checked_text(given), self.clock.now_ms()
        person = Person.of(actor, slug, new=False)
        async with writing(self.engine) as connection:
            row = self._own(await table.find(connection, room.station.id, message_id), actor, person, now)
            if row.state == "held":  # a moderator shows what was looked at
                raise Forbidden("that message waits for a moderator: delete it, and write another one")
            state = rules.state_of(room.mode, person, text, room.words, on_air=self.is_on_air(slug), now=now)
            if state == "held":
                raise Forbidden("that text would wait for a moderator: write it as a new message")
            if not await table.change(connection, [row.id], row.state, {"text": text, "edited": True}):
                raise NotFound("there is no such message any more")
        await self.hub.publish(slug, ChatEdited(id=row.id, text=text), once=secrets.token_hex(8))

    async def delete(self, actor: Actor, slug: str, message_id: str) -> None:
        """Delete one's own message, of which nothing is kept; raise NotFound, Forbidden or Upstream."""
        room = self.rooms.require(slug)
        person = Person.of(actor, slug, new=False)
        async with writing(self.engine) as connection:
            found = await table.find(connection, room.station.id, message_id)
            row = self._own(found, actor, person, self.clock.now_ms())
            await table.change(connection, [row.id], row.state, {"text": "", "state": "deleted"})
        if row.state == "held":
            self.hub.send(slug, ChatSettled(ids=[row.id]))
        else:
            await self.hub.publish(slug, ChatDeleted(ids=[row.id]), once=secrets.token_hex(8))

    async def person_called(self, slug: str, name: str) -> str | None:
        """Return the id of somebody who wrote in a chat, by a name that looks like theirs."""
        async with reading(self.engine) as connection:
            return await chat_names.called(
                connection, self.rooms.require(slug).station.id, lookalike_key(name)[:KEY_CHARS]
            )

    async def find(self, slug: str, message_id: str) -> MessageRow:
        """Return a message that is not deleted; raise NotFound."""
        async with reading(self.engine) as connection:
            row = await table.find(connection, self.rooms.require(slug).station.id, message_id)
        if row is None or row.state == "deleted":
            raise NotFound("there is no such message any more")
        return row

    async def set_mode(self, by: AuditActor, slug: str, changes: Mapping[str, object]) -> ChatMode:
        """Change a chat's mode; return it."""
        room, now = self.rooms.require(slug), self.clock.now_ms()
        async with writing(self.engine) as connection:
            settings = await table.settings_of(connection, room.station.id)
            mode = replace(settings.mode, **changes)  # type: ignore[arg-type]  # fields of the request, which are of the same types
            await table.set_settings(connection, room.station.id, asdict(mode))
            detail = {name: str(value) for name, value in changes.items()}
            await audit.note(connection, now, by, "chat.mode", slug, station=slug, detail=detail)
        return await self._tell_mode(slug, mode, by.name)

    async def settings(self, slug: str) -> table.ChatSettings:
        """Return a chat's settings."""
        async with reading(self.engine) as connection:
            return await table.settings_of(connection, self.rooms.require(slug).station.id)

    async def configure(self, by: AuditActor, slug: str, *, words: list[str] | None, keep_days: int | None) -> None:
        """Change a chat's word list, and for how many days messages are kept."""
        room, listed = self.rooms.require(slug), WordList.of(words) if words is not None else None
        values: dict[str, object] = {}
        if listed is not None:
            values["words"] = orjson.dumps(listed.words).decode()
        if keep_days is not None:
            values["keep_days"] = keep_days
        async with writing(self.engine) as connection:
            await table.set_settings(connection, room.station.id, values)
            detail = {"words": len(listed.words) if listed is not None else None, "days": keep_days}
            await audit.note(connection, self.clock.now_ms(), by, "chat.configure", slug, station=slug, detail=detail)
        if listed is not None:
            room.words = listed

    async def begin_raid(self, by: AuditActor, slug: str) -> ChatMode:
        """Close the chat to a raid for ten minutes, or for ten more; return its mode."""
        room, now = self.rooms.require(slug), self.clock.now_ms()
        async with writing(self.engine) as connection:
            settings = await table.settings_of(connection, room.station.id)
            before = settings.before_raid or orjson.dumps(settings.mode).decode()
            mode = rules.against_raid(settings.mode, now)
            await table.set_settings(connection, room.station.id, asdict(mode) | {"before_raid": before})
            await audit.note(connection, now, by, "chat.raid", slug, station=slug)
        return await self._tell_mode(slug, mode, by.name)

    async def end_raid(self, slug: str, by: AuditActor | None = None) -> ChatMode:
        """Put the mode in force again that was before the raid; return it."""
        room = self.rooms.require(slug)
        async with writing(self.engine) as connection:
            settings = await table.settings_of(connection, room.station.id)
            mode = ChatMode(**orjson.loads(settings.before_raid)) if settings.before_raid else settings.mode
            await table.set_settings(connection, room.station.id, asdict(mode) | {"before_raid": ""})
            if by is not None:
                await audit.note(connection, self.clock.now_ms(), by, "chat.raid_end", slug, station=slug)
        return await self._tell_mode(slug, mode, by.name if by is not None else None)

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

    async def _tell_mode(self, slug: str, mode: ChatMode, by: str | None) -> ChatMode:
        changed = ChatModeChanged(**mode_view(mode).model_dump(), by=by)
        await self.hub.publish(slug, changed, once=secrets.token_hex(8))
        return mode

    async def page(
        self, slug: str, limit: int, before: str | None, after: str | None
    ) -> tuple[list[MessageRow], str | None]:
        """Return messages before one of them, the newest first, or after one, and the id to go on from."""
        station_id = self.rooms.require(slug).station.id
        await self.writer.mark()  # by their positions messages are in order
        async with reading(self.engine) as connection:
            if after is not None:
                place = await table.find(connection, station_id, after)
                if place is None:
                    raise NotFound("there is no such message any more")
                found = await table.after(connection, station_id, place, limit + 1)
            else:
                place = await table.find(connection, station_id, before) if before is not None else None
                if before is not None and place is None:
                    raise NotFound("there is no such message any more")
                found = await table.before(connection, station_id, place, limit + 1)
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def held(self, slug: str) -> list[MessageRow]:
        """List the messages that wait for a moderator, the oldest first."""
        async with reading(self.engine) as connection:
            return await table.held(connection, self.rooms.require(slug).station.id, MAX_HELD)

    async def delete_old(self) -> None:
        """Delete the messages that have been kept for as long as their station says."""
        for station in self.rooms.stations():
            async with writing(self.engine) as connection:
                keep_days = (await table.settings_of(connection, station.id)).keep_days
                await table.delete_old(connection, station.id, self.clock.now_ms() - keep_days * DAY_MS)

    async def _is_new(self, room: Room, actor: Actor) -> bool:
        if not room.mode.hold_new or not actor.id.startswith(GUEST_PREFIX):
            return False
        async with reading(self.engine) as connection:
            return not await table.has_written(connection, room.station.id, actor.id)

    async def _add_paced(self, room: Room, row: MessageRow, person: Named) -> MessageRow:
        if person.staff:
            return await self.writer.add(row, person)
        pace = self._pace(row.station_id, row.user_id)
        before = pace.last_ms
        rules.check_slow(room.mode, before, row.written_at)
        wait_s = pace.bucket.take(self.clock.monotonic_s())
        if wait_s:
            raise TooFast("you write too fast: wait a moment", wait_s)
        pace.last_ms = row.written_at
        try:
            return await self.writer.add(row, person)
        except AwazError:
            pace.last_ms = before
            raise

    def _pace(self, station_id: str, user_id: str) -> _Pace:
        key = station_id, user_id
        pace = self._paces.setdefault(key, _Pace())
        self._paces.move_to_end(key)
        if len(self._paces) > WRITERS_KEPT:
            self._paces.popitem(last=False)
        return pace

    @staticmethod
    def _own(row: MessageRow | None, actor: Actor, person: Person, now: int) -> MessageRow:
        if row is None or row.state in {"deleted", "denied"}:
            raise NotFound("there is no such message any more")
        is_author = row.user_id == actor.id
        rules.check_own(is_author=is_author, staff=person.staff, written_at=row.written_at, now=now)
        return row
