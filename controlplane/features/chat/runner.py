"""Carries out slash commands, by what a moderator could have pressed."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from controlplane.access.identity import Actor
from controlplane.features.chat import commands
from controlplane.features.chat.commands import Command
from controlplane.features.chat.moderator import TIMEOUT_S, Moderator
from controlplane.features.chat.modes import Modes
from controlplane.features.chat.people import ChatPeople
from controlplane.features.chat.service import Chat
from controlplane.features.chat.views import send_answer
from controlplane.features.onair.read_model import ReadModel
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.errors import AwazError, NotFound
from controlplane.kernel.permissions import Permission
from controlplane.kernel.text import duration_text
from controlplane.protocol.chat import MAX_SLOW_S, ChatSend, SendAnswer
from controlplane.protocol.chat_moderation import ChatModerate

ANSWERS_KEPT = 1000
"""Of commands, which are sent again after a broken connection."""


@dataclass(frozen=True, slots=True)
class _Run:
    actor: Actor
    by: AuditActor
    asked: ChatSend
    command: Command

    @property
    def slug(self) -> str:
        return self.asked.station


@dataclass(frozen=True, slots=True)
class CommandRunner:
    """Runs the commands of `chat:send`."""

    chat: Chat
    modes: Modes
    moderator: Moderator
    people: ChatPeople
    read_model: ReadModel
    _answered: "OrderedDict[tuple[str, str], asyncio.Task[SendAnswer]]" = field(default_factory=OrderedDict)

    async def run(self, actor: Actor, by: AuditActor, asked: ChatSend, command: Command) -> SendAnswer:
        """Carry out a command, once for each `client_id` of a person; raise Forbidden, and what its action raises."""
        if command.name not in commands.FOR_ALL:
            actor.must(Permission.STATION_MODERATE, asked.station)
        key = actor.id, asked.client_id.lower()
        if key not in self._answered:
            self._answered[key] = asyncio.create_task(self._carry_out(actor, by, asked, command))
            if len(self._answered) > ANSWERS_KEPT:
                self._answered.popitem(last=False)
        answer = self._answered[key]
        try:
            # Somebody else may wait for it, too.
            return await asyncio.shield(answer)
        except AwazError:
            self._answered.pop(key, None)
            raise

    async def _carry_out(self, actor: Actor, by: AuditActor, asked: ChatSend, command: Command) -> SendAnswer:
        run = _Run(actor, by, asked, command)
        actions: dict[str, Callable[[_Run], Awaitable[SendAnswer]]] = {
            "np": self._now_playing,
            "help": self._help,
            "slow": self._slow,
            "timeout": self._time_out,
            "ban": self._ban,
            "pin": self._pin,
            "announce": self._announce,
            "clear": self._clear,
            "raid": self._raid,
        }
        return await actions[command.name](run)

    async def _now_playing(self, run: _Run) -> SendAnswer:
        now = self.read_model.require(run.slug).now
        if now is None:
            return self._reply("Nothing is playing.")
        return self._reply(f"{now.title.title} – {now.title.artist}".removesuffix(" – "))

    async def _help(self, run: _Run) -> SendAnswer:
        return self._reply(commands.help_text(staff=run.actor.may(Permission.STATION_MODERATE, run.slug)))

    async def _slow(self, run: _Run) -> SendAnswer:
        seconds = commands.slow_seconds(run.command.rest, MAX_SLOW_S)
        await self.modes.set_mode(run.by, run.slug, {"slow_s": seconds})
        every = f"Slow mode: one message every {duration_text(seconds)}."
        return self._reply(every if seconds else "Slow mode is off.")

    async def _time_out(self, run: _Run) -> SendAnswer:
        name, seconds = commands.name_and_seconds(run.command.rest, TIMEOUT_S)
        return await self._moderate(run, f"{name} cannot write for {duration_text(seconds)}.", "timeout", name, seconds)

    async def _ban(self, run: _Run) -> SendAnswer:
        name = run.command.rest.removeprefix("@")
        return await self._moderate(run, f"{name} is banned.", "ban", name)

    async def _pin(self, run: _Run) -> SendAnswer:
        if not run.command.rest and run.asked.reply_to is None:
            await self.moderator.act(run.actor, run.by, ChatModerate(station=run.slug, action="unpin"))
            return self._reply("Nothing is pinned any more.")
        if run.command.rest:
            row = await self.chat.send(run.actor, run.asked.model_copy(update={"text": run.command.rest}))
            answer = send_answer(row)
        else:
            answer = self._reply("Pinned.")
        message = answer.id or run.asked.reply_to
        await self.moderator.act(run.actor, run.by, ChatModerate(station=run.slug, action="pin", message=message))
        return answer

    async def _announce(self, run: _Run) -> SendAnswer:
        asked = run.asked.model_copy(update={"text": run.command.rest})
        return send_answer(await self.chat.send(run.actor, asked, announcement=True))

    async def _clear(self, run: _Run) -> SendAnswer:
        count, undo = await self.moderator.clear(run.actor, run.by, run.slug)
        return self._reply("1 message deleted." if count == 1 else f"{count} messages deleted.", undo)

    async def _raid(self, run: _Run) -> SendAnswer:
        if run.command.rest == "off":
            await self.modes.end_raid(run.slug, run.by)
            return self._reply("Raid protection is off.")
        await self.modes.begin_raid(run.by, run.slug)
        return self._reply("Raid protection is on for ten minutes.")

    async def _moderate(self, run: _Run, text: str, action: str, name: str, seconds: int | None = None) -> SendAnswer:
        user = await self.people.called(run.slug, name)
        if user is None:
            raise NotFound(f"nobody in this chat is called {name[:40]!r}")
        asked = ChatModerate.model_validate({"station": run.slug, "action": action, "user": user, "seconds": seconds})
        return self._reply(text, await self.moderator.act(run.actor, run.by, asked))

    def _reply(self, text: str, undo: str | None = None) -> SendAnswer:
        return SendAnswer(at=self.chat.clock.now_ms(), reply=text, undo=undo)
