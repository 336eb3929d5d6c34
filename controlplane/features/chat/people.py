"""Reports by listeners, and the cards that moderators see of a person."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.identity import Actor
from controlplane.db import access, audit, chat_names, chat_reports, chat_tables, personal
from controlplane.db import chat as table
from controlplane.db.chat_reports import Report
from controlplane.db.engine import reading, writing
from controlplane.db.personal import Facts
from controlplane.features.chat.history import require
from controlplane.features.chat.names import KEY_CHARS
from controlplane.features.chat.rooms import ChatRooms
from controlplane.features.chat.views import message_view, parts
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import NotFound
from controlplane.kernel.lookalikes import lookalike_key
from controlplane.kernel.text import clean
from controlplane.live.hub import Hub
from controlplane.protocol.chat import ChatDeleted, ChatReported, ChatSettled
from controlplane.protocol.chat_moderation import ChatPerson, ChatReport, PastAction, ReportView, SanctionView

MAX_REPORTS = 100
RECENT, ACTIONS = 20, 20
REASON_BYTES = 200
AUDIT_READ = 500
"""Entries of the audit log that are looked through."""


@dataclass(frozen=True, slots=True)
class ChatPeople:
    """Reports, and people's cards."""

    engine: AsyncEngine
    hub: Hub
    rooms: ChatRooms
    clock: Clock

    async def report(self, actor: Actor, asked: ChatReport) -> None:
        """Report a message; raise NotFound if it is not shown."""
        station_id = self.rooms.require(asked.station).station.id
        reason = clean(asked.reason, REASON_BYTES)
        async with writing(self.engine) as connection:
            row = await require(connection, station_id, asked.message, among=("shown",))
            report = Report(row.id, actor.id, station_id, reason, self.clock.now_ms())
            is_new = await chat_reports.add(connection, report)
        if is_new:
            self.hub.send(asked.station, ChatReported(message=message_view(row), reason=reason, by=actor.name))

    async def reports(self, slug: str) -> list[ReportView]:
        """List the reported messages that nobody has looked at, the most reported first."""
        station_id = self.rooms.require(slug).station.id
        async with reading(self.engine) as connection:
            found = await chat_reports.waiting(connection, station_id, MAX_REPORTS)
            rows = await table.by_ids(connection, [each.message_id for each in found])
        return [
            ReportView(message=message_view(row), reasons=each.reasons, count=each.count)
            for each in found
            if (row := rows.get(each.message_id)) is not None
        ]

    async def called(self, slug: str, name: str) -> str | None:
        """Return the id of somebody who writes in a chat, by a name that looks like theirs."""
        station_id = self.rooms.require(slug).station.id
        async with reading(self.engine) as connection:
            return await chat_names.called(connection, station_id, lookalike_key(name)[:KEY_CHARS])

    async def card(self, slug: str, user_id: str) -> ChatPerson:
        """Return a person's card; raise NotFound if they have never written there."""
        station_id = self.rooms.require(slug).station.id
        async with reading(self.engine) as connection:
            named = await chat_names.of_person(connection, station_id, user_id)
            if named is None:
                raise NotFound("that person has not written here")
            counts = await table.counts_of_person(connection, station_id, user_id)
            recent = await table.of_person(connection, station_id, user_id, "shown", RECENT)
            bans = await access.bans_in_force(connection, self.clock.now_ms())
            entries = await audit.newest(connection, AUDIT_READ, None, slug)
        return ChatPerson(
            id=user_id,
            name=named.name,
            since=named.since,
            messages=counts.get("shown", 0),
            deleted=counts.get("deleted", 0) + counts.get("denied", 0),
            recent=[message_view(row) for row in recent],
            sanctions=[
                SanctionView(kind=ban.kind, reason=ban.reason, made_by=ban.made_by, until=ban.until)
                for ban in bans
                if ban.slug == slug and ban.subject == user_id
            ],
            actions=[_past(entry) for entry in entries if entry.detail.get("user") == user_id][:ACTIONS],
        )

    @staticmethod
    async def export(connection: AsyncConnection, user_id: str) -> Facts:
        """Return the messages of a person, in whatever state they are."""
        return await table.facts_of_person(connection, user_id)

    async def erase(self, connection: AsyncConnection, user_id: str) -> Callable[[], Awaitable[None]]:
        """Delete the messages, names and reports of a person; afterwards those who have them shown are told."""
        shown = await table.ids_of(connection, user_id, "shown")
        held = await table.ids_of(connection, user_id, "held")
        for each in (chat_tables.chat_reports, chat_tables.chat_messages, chat_tables.chat_names):
            await personal.erase_rows(connection, each, user_id)

        async def tell() -> None:
            for event, found in ((ChatDeleted, shown), (ChatSettled, held)):
                for station_id, ids in found.items():
                    self._tell(event, station_id, ids)

        return tell

    def _tell(self, event: type[ChatDeleted | ChatSettled], station_id: str, ids: list[str]) -> None:
        slug = self.rooms.slug_of(station_id)
        for some in parts(ids) if slug is not None else ():
            self.hub.send(slug or "", event(ids=some))


def _past(entry: audit.Entry) -> PastAction:
    reason = entry.detail.get("reason", "")
    return PastAction(at=entry.at, action=entry.action, by=entry.actor, reason=str(reason))
