"""Moderators' actions in a chat; each can be undone for some seconds by the moderator who took it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.identity import Actor
from controlplane.db import audit, chat_names, chat_reports
from controlplane.db import chat as table
from controlplane.db.access import SanctionKind
from controlplane.db.chat import MessageRow
from controlplane.db.engine import reading, writing
from controlplane.features.chat.history import History
from controlplane.features.chat.service import Chat
from controlplane.features.chat.undo import Undo, Undos
from controlplane.features.chat.views import message_view, parts
from controlplane.features.moderation.service import Moderation
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.chat import MessageState
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, Forbidden, InvalidInput
from controlplane.kernel.permissions import PLATFORM_ROLES, Permission, rank
from controlplane.live.hub import Hub
from controlplane.protocol.chat import ChatDeleted, ChatHeld, ChatPinned, ChatRestored, ChatSettled
from controlplane.protocol.chat_moderation import ChatModerate

TIMEOUT_S = 600
"""Of a timeout without an end."""
DELETED_AT_ONCE = 1000
"""Messages that one action deletes, the newest of them."""


@dataclass(frozen=True, slots=True)
class _Act:
    """One request of a moderator."""

    actor: Actor
    by: AuditActor
    slug: str
    station_id: str
    asked: ChatModerate


@dataclass(slots=True)
class Moderator:
    """Carries out the actions; that somebody may ask for them is known before."""

    engine: AsyncEngine
    hub: Hub
    chat: Chat
    history: History
    moderation: Moderation
    clock: Clock
    undos: Undos

    async def act(self, actor: Actor, by: AuditActor, asked: ChatModerate) -> str | None:
        """Carry out an action; return the token that takes it back, if it can be.

        Raises InvalidInput, NotFound, Conflict, Upstream, or Forbidden for somebody with as much power or more.
        """
        act = _Act(actor, by, asked.station, self.chat.rooms.require(asked.station).station.id, asked)
        if asked.action == "undo":
            await self.undos.take_back(actor.id, asked.station, asked.undo or asked.message or "")
            return None
        actions: dict[str, Callable[[_Act], Awaitable[Undo]]] = {
            "delete": self._delete,
            "delete_all": self._delete_all,
            "timeout": self._time_out,
            "ban": self._ban,
            "unban": self._unban,
            "approve": self._approve,
            "deny": self._deny,
            "pin": self._pin,
            "unpin": self._unpin,
            "dismiss": self._dismiss,
        }
        return self.undos.keep(actor.id, asked.station, await actions[asked.action](act))

    async def delete(self, actor: Actor, by: AuditActor, slug: str, message_id: str) -> None:
        """Delete one's own message, or another person's as a moderator; raise NotFound, Forbidden or Upstream."""
        found = await self.history.find(slug, message_id)
        if found.user_id == actor.id:
            await self.chat.delete(actor, slug, message_id)
        elif actor.may(Permission.STATION_MODERATE, slug):
            await self.act(actor, by, ChatModerate(station=slug, action="delete", message=message_id))
        else:
            raise Forbidden("that message is somebody else's")

    async def clear(self, actor: Actor, by: AuditActor, slug: str) -> tuple[int, str]:
        """Delete the newest messages of everybody with less power; return how many, and the token that undoes it."""
        station_id = self.chat.rooms.require(slug).station.id
        act = _Act(actor, by, slug, station_id, ChatModerate(station=slug, action="delete_all"))
        await self.chat.writer.mark()
        async with reading(self.engine) as connection:
            newest = await table.newest(connection, station_id, DELETED_AT_ONCE)
        rows = [row for row in newest if not _outranks(row, act)]
        undo = await self._set_deleted(act, rows, "chat.clear")
        return len(rows), self.undos.keep(actor.id, slug, undo)

    async def _delete(self, act: _Act) -> Undo:
        row = await self._message(act)
        _check_rank(act, row)
        return await self._set_deleted(act, [row], "chat.delete")

    async def _delete_all(self, act: _Act) -> Undo:
        user = _user(act)
        await self.chat.writer.mark()  # by their positions they are shown again in order
        async with reading(self.engine) as connection:
            rows = await table.of_person(connection, act.station_id, user, "shown", DELETED_AT_ONCE)
            rows += await table.of_person(connection, act.station_id, user, "held", DELETED_AT_ONCE)
        for row in rows[:1]:
            _check_rank(act, row)
        return await self._set_deleted(act, rows, "chat.delete_all")

    async def _time_out(self, act: _Act) -> Undo:
        return await self._sanction(act, "timeout", act.asked.seconds or TIMEOUT_S)

    async def _ban(self, act: _Act) -> Undo:
        return await self._sanction(act, "ban", act.asked.seconds)

    async def _unban(self, act: _Act) -> Undo:
        lifted = await self.moderation.lift_all(act.actor, act.by, _user(act), act.slug)

        async def undo() -> None:
            await self.moderation.restore(act.by, lifted, act.slug)

        return undo

    async def _approve(self, act: _Act) -> Undo:
        row = await self._settle(act, "shown")
        shown = replace(row, state="shown")
        if row.epoch:  # it was shown before, until its approval was taken back
            self.hub.send(act.slug, ChatRestored(messages=[message_view(shown)]))
        else:
            await self.chat.writer.publish(shown)

        async def undo() -> None:
            await self.chat.writer.mark()
            if await self._change(act, [row.id], "shown", "held", "chat.hold"):
                self.hub.send(act.slug, ChatDeleted(ids=[row.id], by=act.by.name))
                self.hub.send(act.slug, ChatHeld(message=message_view(row)))

        return undo

    async def _deny(self, act: _Act) -> Undo:
        row = await self._settle(act, "denied")

        async def undo() -> None:
            if await self._change(act, [row.id], "denied", "held", "chat.hold"):
                self.hub.send(act.slug, ChatHeld(message=message_view(row)))

        return undo

    async def _pin(self, act: _Act) -> Undo:
        row = await self._message(act)
        if row.state != "shown":
            raise Conflict("only a message that is shown can be pinned")
        return await self._set_pinned(act, row)

    async def _unpin(self, act: _Act) -> Undo:
        return await self._set_pinned(act, None)

    async def _dismiss(self, act: _Act) -> Undo:
        row = await self._message(act)

        async def settle(*, settled: bool) -> None:
            async with writing(self.engine) as connection:
                await chat_reports.settle(connection, row.id, settled=settled)
                action = "chat.dismiss" if settled else "chat.reopen"
                detail = {"user": row.user_id}
                now = self.clock.now_ms()
                await audit.note(connection, now, act.by, action, row.id, station=act.slug, detail=detail)

        await settle(settled=True)

        async def undo() -> None:
            await settle(settled=False)

        return undo

    async def _set_pinned(self, act: _Act, row: MessageRow | None) -> Undo:
        async with writing(self.engine) as connection:
            before = (await table.settings_of(connection, act.station_id)).pinned_id
            await table.set_settings(connection, act.station_id, {"pinned_id": row.id if row is not None else None})
            action, target = ("chat.pin", row.id) if row is not None else ("chat.unpin", before or "")
            await audit.note(connection, self.clock.now_ms(), act.by, action, target, station=act.slug)
        message = message_view(row) if row is not None else None
        self.hub.send(act.slug, ChatPinned(id=row.id if row is not None else None, message=message))

        async def undo() -> None:
            async with reading(self.engine) as connection:
                pinned = await table.find(connection, act.station_id, before or "")
            # A message that was deleted since then stays deleted.
            await self._set_pinned(act, pinned if pinned is not None and pinned.state == "shown" else None)

        return undo

    async def _sanction(self, act: _Act, kind: SanctionKind, seconds: int | None) -> Undo:
        user = _user(act)
        async with reading(self.engine) as connection:
            named = await chat_names.of_person(connection, act.station_id, user)
        ban = await self.moderation.ban(
            act.actor,
            act.by,
            user,
            act.slug,
            seconds=seconds,
            reason=act.asked.reason or "",
            kind=kind,
            wrote_as=named.name if named is not None else None,
        )

        async def undo() -> None:
            await self.moderation.lift(act.actor, act.by, ban.id, act.slug)

        return undo

    async def _settle(self, act: _Act, to: MessageState) -> MessageRow:
        """Show or deny a held message; return it as it was."""
        row = await self._message(act)
        if not await self._change(act, [row.id], "held", to, "chat.approve" if to == "shown" else "chat.deny"):
            raise Conflict("that message does not wait any more")
        self.hub.send(act.slug, ChatSettled(ids=[row.id]))
        return row

    async def _set_deleted(self, act: _Act, rows: Sequence[MessageRow], action: str) -> Undo:
        shown = [row for row in rows if row.state == "shown"]
        held = [row for row in rows if row.state == "held"]
        authors = {row.user_id for row in rows}
        user = authors.pop() if len(authors) == 1 else None
        deleted = await self._change(act, [row.id for row in shown], "shown", "deleted", action, user=user)
        for some in parts(deleted):
            self.hub.send(act.slug, ChatDeleted(ids=some, by=act.by.name))
        settled = await self._change(act, [row.id for row in held], "held", "deleted", action, user=user)
        for some in parts(settled):
            self.hub.send(act.slug, ChatSettled(ids=some))

        async def undo() -> None:
            again = set(await self._change(act, deleted, "deleted", "shown", "chat.restore"))
            messages = [message_view(row) for row in shown if row.id in again]
            for some in parts(messages):
                self.hub.send(act.slug, ChatRestored(messages=some))
            waiting = set(await self._change(act, settled, "deleted", "held", "chat.restore"))
            for row in held:
                if row.id in waiting:
                    self.hub.send(act.slug, ChatHeld(message=message_view(row)))

        return undo

    async def _change(
        self,
        act: _Act,
        ids: Sequence[str],
        state: MessageState,
        to: MessageState,
        action: str,
        *,
        user: str | None = None,
    ) -> list[str]:
        if not ids:
            return []
        async with writing(self.engine) as connection:
            changed = await table.change(connection, ids, state, {"state": to})
            if changed:
                detail = {"messages": len(changed), "user": user or act.asked.user}
                target = act.asked.message or ""
                now = self.clock.now_ms()
                await audit.note(connection, now, act.by, action, target, station=act.slug, detail=detail)
        return changed

    async def _message(self, act: _Act) -> MessageRow:
        if act.asked.message is None:
            raise InvalidInput("message: is required")
        return await self.history.find(act.slug, act.asked.message)


def _user(act: _Act) -> str:
    if act.asked.user is None:
        raise InvalidInput("user: is required")
    return act.asked.user


def _check_rank(act: _Act, row: MessageRow) -> None:
    """Raise Forbidden for the message of somebody with more power."""
    if _outranks(row, act):
        raise Forbidden(f"{row.name} has more power here")


def _outranks(row: MessageRow, act: _Act) -> bool:
    platform, at_station = (row.role, None) if row.role in PLATFORM_ROLES else ("user", row.role)
    return row.user_id != act.actor.id and rank(platform, at_station) < act.actor.rank(act.slug)
