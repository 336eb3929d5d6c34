"""A chat under moderation beside a model of what it should be like."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from controlplane.access.claims import Claims
from controlplane.access.identity import Actor
from controlplane.features.chat.history import History
from controlplane.features.chat.moderator import Moderator
from controlplane.features.chat.service import Chat
from controlplane.features.chat.undo import UNDO_S, Undos
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.errors import AwazError
from controlplane.kernel.permissions import Permission
from controlplane.protocol.chat import ChatSend
from controlplane.protocol.chat_moderation import ChatModerate
from tests.support.chat import client_id
from tests.support.running import Running


@dataclass(frozen=True)
class Sanction:
    """A ban or timeout as it should be; `until` in seconds of the test's clock."""

    number: int
    kind: str
    person: int
    until: float


@dataclass
class Expected:
    """The state that the sequence should lead to."""

    sanctions: list[Sanction] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    author: dict[str, int] = field(default_factory=dict)

    def outcome(self, person: int, now: float) -> str:
        """Return what becomes of a message that somebody writes."""
        kinds = {each.kind for each in self.sanctions if each.person == person and each.until > now}
        return "banned" if "ban" in kinds else "timed_out" if "timeout" in kinds else "shown"

    def visible(self) -> list[str]:
        """List the texts that are shown, in order."""
        return [text for text in self.shown if text not in self.deleted]

    def visible_of(self, person: int) -> list[str]:
        """List somebody's texts that are shown, in order."""
        return [text for text in self.visible() if self.author[text] == person]

    def lift(self, sanctions: list[Sanction]) -> None:
        """Take sanctions away."""
        self.sanctions = [each for each in self.sanctions if each not in sanctions]

    def restore(self, sanctions: list[Sanction]) -> None:
        """Put sanctions in force again."""
        self.sanctions += sanctions


@dataclass
class Done:
    """An action that can be taken back, and what should follow from that."""

    token: str
    at: float
    undo: Callable[[], None]
    is_possible: Callable[[], bool]


@dataclass
class Moderated:
    """A chat with two guests and a moderator, and what it should be like."""

    running: Running
    moderator: Moderator
    actor: Actor
    people: list[Claims]
    token: str = ""
    expected: Expected = field(default_factory=Expected)
    ids: dict[str, str] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @classmethod
    async def begin(cls, running: Running) -> "Moderated":
        """Empty the chat, and let two people write in it who were never there."""
        kit, chat = running.kit, running.service(Chat)
        history = History(kit.engine, chat.rooms, chat.writer, kit.clock)
        moderator = Moderator(kit.engine, kit.hub, chat, history, running.moderation, kit.clock, Undos(kit.clock))
        chat.rooms.require("awaz").messages.clear()
        mint = running.accounts.mint
        people = [mint.read(running.accounts.guest(name).access_token) for name in ("One", "Two")]
        moderated = cls(running, moderator, Actor("m1", "Sara", "user", {"awaz": "moderator"}), people)
        await moderated.check()
        return moderated

    @property
    def chat(self) -> Chat:
        return self.running.service(Chat)

    @property
    def now(self) -> float:
        return self.running.clock.monotonic_s()

    async def say(self, person: int) -> None:
        """Have somebody write, as they may now."""
        self.running.clock.advance(1)
        actor = await self.running.cache.actor(self.people[person], f"203.0.113.{person}")
        text = f"text {next(self.numbers)}"
        wanted = self.expected.outcome(person, self.now)
        assert await self._send(actor, text) == wanted
        if wanted == "shown":
            self.expected.shown.append(text)
            self.expected.author[text] = person

    async def time_out(self, person: int, seconds: int) -> None:
        """Keep somebody from writing."""
        await self._sanction("timeout", person, seconds)

    async def ban(self, person: int, seconds: int | None) -> None:
        """Ban somebody."""
        await self._sanction("ban", person, seconds)

    async def unban(self, person: int) -> None:
        """End all that keeps somebody away."""
        found = [each for each in self.expected.sanctions if each.person == person and each.until > self.now]
        await self._act(
            "unban", partial(self.expected.restore, found), possible=bool(found), user=self.people[person].subject
        )
        self.expected.lift(found)

    async def delete(self, person: int) -> None:
        """Delete somebody's newest message."""
        texts = self.expected.visible_of(person)[-1:]
        message = self.ids[texts[0]] if texts else "none"
        undo = partial(self.expected.deleted.difference_update, texts)
        await self._act("delete", undo, possible=bool(texts), message=message)
        self.expected.deleted.update(texts)

    async def delete_all(self, person: int) -> None:
        """Delete all of somebody's messages."""
        texts = self.expected.visible_of(person)
        undo = partial(self.expected.deleted.difference_update, texts)
        await self._act("delete_all", undo, user=self.people[person].subject)
        self.expected.deleted.update(texts)

    async def undo(self, back: int) -> None:
        """Take back the last action, or one of those before."""
        if back >= len(self.done):
            return
        done = self.done.pop(-1 - back)
        possible = self.now - done.at <= UNDO_S and done.is_possible()
        if await self._moderate("undo", possible=possible, undo=done.token):
            done.undo()

    async def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.running.clock.advance(seconds)

    async def check(self) -> None:
        """Compare what readers have with what they should have."""
        room = self.chat.rooms.require("awaz")
        assert [each.text for each in room.messages.values()] == self.expected.visible()
        for person in (0, 1):
            await self.say(person)

    async def _sanction(self, kind: str, person: int, seconds: int | None) -> None:
        until = self.now + seconds if seconds is not None else float("inf")
        about: dict[str, Any] = {"user": self.people[person].subject, "seconds": seconds}
        made = Sanction(next(self.numbers), kind, person, until)
        await self._act(kind, partial(self.expected.lift, [made]), partial(self._is_in_force, made), **about)
        self.expected.sanctions.append(made)

    def _is_in_force(self, made: Sanction) -> bool:
        return made in self.expected.sanctions and made.until > self.now

    async def _act(
        self,
        action: str,
        undo: Callable[[], None],
        is_possible: Callable[[], bool] = lambda: True,
        *,
        possible: bool = True,
        **about: object,
    ) -> None:
        if await self._moderate(action, possible=possible, **about):
            self.done.append(Done(self.token, self.now, undo, is_possible))

    async def _send(self, actor: Actor, text: str) -> str:
        """Return the state of the message, or why it was refused."""
        try:
            actor.must(Permission.STATION_LISTEN, "awaz")
            row = await self.chat.send(actor, ChatSend(station="awaz", text=text, client_id=client_id()))
        except AwazError as error:
            return error.code
        self.ids[text] = row.id
        return row.state

    async def _moderate(self, action: str, *, possible: bool, **about: object) -> bool:
        """Act, which must fail where it is not possible; return whether it was done."""
        asked = ChatModerate.model_validate({"station": "awaz", "action": action, **about})
        by = AuditActor(self.actor.id, self.actor.name, "203.0.113.9")
        self.token, problem = "", ""
        try:
            self.token = await self.moderator.act(self.actor, by, asked) or ""
        except AwazError as error:
            problem = str(error)
        assert (problem == "") is possible, f"{action}: {problem}"
        return possible
