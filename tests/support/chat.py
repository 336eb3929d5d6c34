"""Somebody in a chat, over a socket."""

import itertools
import json
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support import asyncapi
from tests.support.raw_socket import RawSocket

EnterChat = Callable[..., "Awaitable[Talker]"]
"""Follows the demo station by a role, or as a guest by a name."""


def client_id() -> str:
    """Return a new id for a message."""
    return str(uuid.uuid4())


@dataclass
class Talker:
    """A person with a socket that follows the demo station; `snapshot` is what they were told at first."""

    socket: RawSocket
    user_id: str
    snapshot: dict[str, Any] = field(default_factory=dict)
    _acks: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _events: "deque[tuple[str, dict[str, Any]]]" = field(default_factory=deque)

    async def ask(self, name: str, **body: Any) -> dict[str, Any]:
        """Send a request about the demo station, and return its ack."""
        return await self.ask_plain(name, station="awaz", **body)

    async def ask_plain(self, name: str, **body: Any) -> dict[str, Any]:
        """Send a request, and return its ack; events that come before it are kept."""
        number = next(self._acks)
        start = f"43{number}["
        await self.socket.send(f"42{number}" + json.dumps([name, body], ensure_ascii=False))
        while not (frame := await self.socket.receive()).startswith(start):
            self._events.append(event_of(frame))
        answer: dict[str, Any] = json.loads(frame[len(start) - 1 :])[0]
        assert asyncapi.problems(f"{name}.ack", answer) == []
        return answer

    async def until(self, name: str) -> dict[str, Any]:
        """Return the body of the next event of a name, skipping others."""
        while True:
            found, body = self._events.popleft() if self._events else event_of(await self.socket.receive())
            if found == name:
                return body

    async def join(self, **seen: Any) -> dict[str, Any]:
        """Follow the station; return the answer."""
        answer = await self.ask("stream:join", **seen)
        self.snapshot = answer["snapshot"]
        return answer

    async def say(self, text: str, **options: Any) -> dict[str, Any]:
        """Write a message, and return its ack."""
        return await self.ask("chat:send", **{"text": text, "client_id": client_id(), **options})

    async def refused(self, text: str) -> str:
        """Write a message that is refused; return the error's code."""
        code: str = (await self.say(text))["error"]["code"]
        return code

    async def moderate(self, action: str, **about: Any) -> dict[str, Any]:
        """Act as a moderator."""
        return await self.ask("chat:moderate", action=action, **about)

    async def read(self) -> dict[str, Any]:
        """Return the next message of the chat."""
        return await self.until("chat:message")


def event_of(frame: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the body of an event's frame."""
    name, body = json.loads(frame.removeprefix("42"))
    return name, body
