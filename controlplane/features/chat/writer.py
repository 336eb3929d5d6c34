"""Writes messages: committed first, many at a time, then published once each, and only then acknowledged.

What was committed and not published, since a daemon died in between, is published by the sweep: the id of the row is
its retry key, so that nothing is shown twice.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import chat as table
from controlplane.db.batches import Batches, Piece
from controlplane.db.chat import MessageRow, Published
from controlplane.db.engine import reading, writing
from controlplane.features.chat.names import Named, Names
from controlplane.features.chat.views import message_event
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import AwazError, Conflict, NotFound, Upstream
from controlplane.live.broker import Position
from controlplane.live.hub import Hub

log = structlog.get_logger()

BATCH = 200
"""Messages of one transaction."""
MAX_WAITING = 5000
WAIT_S = 3.0
"""How long a message waits for a database that cannot be written, before it is refused."""
RETRY_S = 0.1
MESSAGES_REMEMBERED = 10_000
SWEEP_AFTER_MS = 2000
SWEEP_FOR_MS = 10 * 60_000
"""Messages that were never published and are older are in the history only: their retry keys may be forgotten."""

Key = tuple[str, str]
"""A message's author and its client_id."""


@dataclass(frozen=True, slots=True)
class _Written:
    row: MessageRow
    person: Named


_Piece = Piece[_Written, MessageRow]


@dataclass(slots=True)
class MessageWriter:
    """Commits and publishes messages in the order in which they come. `slug_of` returns a station's slug by its id."""

    engine: AsyncEngine
    hub: Hub
    names: Names
    slug_of: Callable[[str], str | None]
    clock: Clock
    _batches: Batches[_Written, MessageRow] = field(default_factory=lambda: Batches(BATCH, MAX_WAITING))
    _open: "dict[Key, asyncio.Future[MessageRow]]" = field(default_factory=dict)
    _answered: OrderedDict[Key, MessageRow] = field(default_factory=OrderedDict)
    _unmarked: dict[str, Published] = field(default_factory=dict)
    """Positions that are not written down yet, by message."""

    async def sent_before(self, key: Key) -> MessageRow | None:
        """Return a message that was sent already, once it is committed; raise as `add` does."""
        if key in self._open:
            return await asyncio.shield(self._open[key])
        return self._answered.get(key)

    async def add(self, row: MessageRow, person: Named) -> MessageRow:
        """Return a message once it is committed and, unless it is held, published.

        Raises Upstream if the database cannot be written for `WAIT_S`, and Busy if too many wait already.
        """
        if row.key in self._open:  # it came over another socket meanwhile
            return await asyncio.shield(self._open[row.key])
        done = self._open[row.key] = self._batches.add(_Written(row, person))
        return await asyncio.shield(done)

    async def run(self) -> None:
        """Write until cancelled."""
        await self._batches.run(self._write)

    async def publish(self, row: MessageRow) -> MessageRow:
        """Publish a message that was committed before; return it with its position."""
        position = self._begin(row)
        return row if position is None else self._note(row, await position)

    async def mark(self) -> None:
        """Write down where messages were published; what cannot be written now is written the next time."""
        published = list(islice(self._unmarked.values(), BATCH * 5))
        if not published:
            return
        try:
            async with writing(self.engine) as connection:
                await table.mark_published(connection, published)
        except (Upstream, Conflict) as error:
            log.info("chat_positions_not_written", reason=str(error))
            return
        for each in published:
            if self._unmarked.get(each.id) is each:
                del self._unmarked[each.id]

    async def sweep(self) -> None:
        """Publish what another daemon has committed and left."""
        now = self.clock.now_ms()
        try:
            async with reading(self.engine) as connection:
                left = await table.unpublished(connection, now - SWEEP_FOR_MS, now - SWEEP_AFTER_MS)
        except Upstream:
            return  # the database is away: what is left stays there
        await self.publish_all(left)

    async def publish_all(self, rows: Sequence[MessageRow]) -> None:
        """Publish messages that were committed before, but for those of which it is only to be written down."""
        for row in rows:
            if row.id not in self._unmarked:
                await self.publish(row)

    async def _write(self, batch: Sequence[_Piece]) -> None:
        began = time.monotonic()
        try:
            try:
                await self._publish(batch, await self._commit(batch))
            except Conflict:
                await self._write_singly(batch)
        except Upstream as error:
            self.names.forget()
            self._refuse_old(error, began)
            await asyncio.sleep(RETRY_S)

    async def _write_singly(self, batch: Sequence[_Piece]) -> None:
        """Write a batch in which one message is of a station that is gone: the others have nothing to do with that."""
        self.names.forget()  # those that were given just now are not committed
        for piece in batch:
            try:
                await self._publish([piece], await self._commit([piece]))
            except Conflict:
                self.names.forget()
                self._refuse(piece, NotFound("the station is gone"))

    async def _commit(self, batch: Sequence[_Piece]) -> list[MessageRow]:
        now = self.clock.now_ms()
        async with writing(self.engine) as connection:
            rows = []
            for piece in batch:
                row, person = piece.item.row, piece.item.person
                name = self.names.known(person) or await self.names.give(connection, person, now)
                rows.append(replace(row, name=name))
            return await table.add(connection, rows)

    async def _publish(self, batch: Sequence[_Piece], stored: Sequence[MessageRow]) -> None:
        positions = [self._begin(row) for row in stored]
        for piece, row, position in zip(batch, stored, positions, strict=True):
            self._answer(piece, row if position is None else self._note(row, await position))

    def _begin(self, row: MessageRow) -> Awaitable[Position] | None:
        slug = self.slug_of(row.station_id)
        if row.state != "shown" or row.epoch or slug is None:
            return None
        return self.hub.publish(slug, message_event(row), once=row.id)

    def _note(self, row: MessageRow, position: Position) -> MessageRow:
        self._unmarked[row.id] = Published(row.id, position.epoch, position.seq, position.at)
        return replace(row, epoch=position.epoch, seq=position.seq, at=position.at)

    def _answer(self, piece: _Piece, row: MessageRow) -> None:
        self._open.pop(row.key, None)
        self._answered[row.key] = row
        if len(self._answered) > MESSAGES_REMEMBERED:
            self._answered.popitem(last=False)
        piece.answer(row)

    def _refuse_old(self, error: AwazError, began: float) -> None:
        """Refuse the messages that would have waited for too long after another try: none of them was committed."""
        now = time.monotonic()
        latest = now + (now - began) + RETRY_S
        for piece in self._batches.waiting():
            if latest - piece.since > WAIT_S:
                self._refuse(piece, Upstream(str(error)))

    def _refuse(self, piece: _Piece, error: AwazError) -> None:
        self._open.pop(piece.item.row.key, None)
        piece.refuse(error)
