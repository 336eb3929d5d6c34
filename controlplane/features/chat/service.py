"""Messages: what people write, and change and delete of their own."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.db import chat as table
from controlplane.db.chat import MessageRow
from controlplane.db.engine import reading, writing
from controlplane.features.chat import rules
from controlplane.features.chat.commands import unescaped
from controlplane.features.chat.history import GONE, require
from controlplane.features.chat.names import Named
from controlplane.features.chat.rooms import KEPT, ChatRooms, Room
from controlplane.features.chat.rules import MESSAGE_RATE, Person
from controlplane.features.chat.views import message_view
from controlplane.features.chat.words import WordList
from controlplane.features.chat.writer import SWEEP_FOR_MS, MessageWriter
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import AwazError, Conflict, Forbidden, NotFound, TooFast
from controlplane.kernel.stations import StationRow
from controlplane.kernel.token_bucket import TokenBucket
from controlplane.live.hub import Hub
from controlplane.live.message import chat_room
from controlplane.live.sse import EventStreams
from controlplane.protocol.chat import ChatDeleted, ChatEdited, ChatHeld, ChatSend, ChatSettled
from controlplane.protocol.sync import HeardBy

WRITERS_KEPT = 20_000


@dataclass(slots=True)
class _Pace:
    """How fast somebody writes; `last_ms` is when they wrote last, in unix milliseconds."""

    bucket: TokenBucket = field(default_factory=lambda: TokenBucket(MESSAGE_RATE))
    last_ms: int | None = None


@dataclass(slots=True)
class OrderedIds:
    """Makes ids that rise as the UUIDs of version 7 do (RFC 9562).

    By their order, the next daemon publishes first what was written first.
    """

    _ms: int = 0
    _count: int = 0

    def next(self, now_ms: int) -> str:
        """Return an id: a time in milliseconds, a number within it, and 64 random bits."""
        self._count = self._count + 1 if now_ms <= self._ms else 0
        self._ms = max(now_ms, self._ms)
        return f"{self._ms:012x}{self._count:04x}{secrets.token_hex(8)}"


@dataclass(slots=True)
class Chat:
    """The one door to new messages, and to changes by their authors.

    `is_on_air` says whether something plays at a station, by its slug.
    """

    engine: AsyncEngine
    hub: Hub
    rooms: ChatRooms
    writer: MessageWriter
    event_streams: EventStreams
    is_on_air: Callable[[str], bool]
    heard_by: HeardBy
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
        self.event_streams.let_in(chat_room(station.slug), allowed=settings.public)

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
        heard = self.heard_by(asked.station, asked.lag_ms)
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
            position=heard.model_dump_json() if heard is not None else None,
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
            row = await require(connection, room.station.id, message_id, among=("shown", "held"))
            _check_own(row, actor, person, now)
            if row.state == "held":  # a moderator shows what was looked at
                raise Forbidden("that message waits for a moderator: delete it, and write another one")
            state = rules.state_of(room.mode, person, text, room.words, on_air=self.is_on_air(slug), now=now)
            if state == "held":
                raise Forbidden("that text would wait for a moderator: write it as a new message")
            if not await table.change(connection, [row.id], row.state, {"text": text, "edited": True}):
                raise NotFound(GONE)
        self.hub.send(slug, ChatEdited(id=row.id, text=text))

    async def delete(self, actor: Actor, slug: str, message_id: str) -> None:
        """Delete one's own message, of which nothing is kept; raise NotFound, Forbidden, Conflict or Upstream."""
        room = self.rooms.require(slug)
        person = Person.of(actor, slug, new=False)
        async with writing(self.engine) as connection:
            row = await require(connection, room.station.id, message_id, among=("shown", "held"))
            _check_own(row, actor, person, self.clock.now_ms())
            if not await table.change(connection, [row.id], row.state, {"text": "", "state": "deleted"}):
                raise Conflict("a moderator has decided about that message meanwhile: try again")
        event = ChatSettled if row.state == "held" else ChatDeleted
        self.hub.send(slug, event(ids=[row.id]))

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


def _check_own(row: MessageRow, actor: Actor, person: Person, now: int) -> None:
    is_author = row.user_id == actor.id
    rules.check_own(is_author=is_author, staff=person.staff, written_at=row.written_at, now=now)
