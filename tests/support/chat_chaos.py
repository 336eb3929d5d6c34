"""People who write to and follow a chat whose daemon is killed again and again, and what they must agree on."""

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import aiohttp

from tests.support.chat import client_id

Position = tuple[str, int]
LOST = (OSError, aiohttp.ClientError, TimeoutError, ConnectionError, TypeError)
"""TypeError is what a frame is read as, where there is none any more."""


@dataclass
class Line:
    """A socket of somebody's."""

    socket: aiohttp.ClientWebSocketResponse
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _acks: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def receive(self) -> str:
        """Return the next frame, answering pings."""
        while True:
            frame = (await self.socket.receive(timeout=10)).data
            if not isinstance(frame, str):
                raise ConnectionResetError("the connection has ended")
            if frame != "2":
                return frame
            await self.socket.send_str("3")

    async def call(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request, and return its ack; events before it are in `events`."""
        number = next(self._acks)
        start = f"43{number}["
        await self.socket.send_str(f"42{number}" + json.dumps([name, body]))
        while not (frame := await self.receive()).startswith(start):
            self.take(frame)
        answer: dict[str, Any] = json.loads(frame[len(start) - 1 :])[0]
        return answer

    def take(self, frame: str) -> None:
        """Keep an event."""
        if frame.startswith("42["):
            name, body = json.loads(frame[2:])
            self.events.append((name, body))


@dataclass
class Person:
    """Somebody who connects again whenever the connection is lost."""

    url: str
    token: str
    rng: random.Random
    problems: list[str] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Open one connection after the other until told to stop."""
        while not stop.is_set():
            try:
                await self.connect(stop)
            except LOST:
                await asyncio.sleep(self.rng.uniform(0.02, 0.2))

    async def connect(self, stop: asyncio.Event) -> None:
        """Use one connection until it is lost."""
        socket = self.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        async with aiohttp.ClientSession(trust_env=False) as http, http.ws_connect(socket, max_msg_size=0) as opened:
            line = Line(opened)
            await line.receive()
            await opened.send_str("40" + json.dumps({"token": self.token}))
            if not (await line.receive()).startswith("40"):
                raise ConnectionError("refused")
            await self.use(line, stop)

    async def use(self, line: Line, stop: asyncio.Event) -> None:
        """Do something with a connection."""
        raise NotImplementedError


@dataclass
class Sender(Person):
    """Writes message after message, each with the same client_id until it is acknowledged."""

    acked: dict[str, str] = field(default_factory=dict)
    """Ids of messages by client_id."""
    _open: str = ""

    async def use(self, line: Line, stop: asyncio.Event) -> None:
        """Write until the connection is lost, or until told to stop and nothing is open."""
        while not stop.is_set():
            self._open = self._open or client_id()
            answer = await line.call("chat:send", {"station": "awaz", "text": self._open, "client_id": self._open})
            if answer["ok"]:
                self.acked[self._open] = answer["id"]
                self._open = ""
            elif not answer["error"]["retryable"]:
                self.problems.append(str(answer))
            await asyncio.sleep(self.rng.uniform(0.0, 0.05))


@dataclass
class Follower(Person):
    """Reads; `parts` are what was told without a gap, each as the ids of messages by position."""

    parts: list[dict[Position, str]] = field(default_factory=list)
    resets: int = 0
    shown: list[str] = field(default_factory=list)
    """What a page would show: the ids of messages, in order."""
    _at: Position | None = None

    async def use(self, line: Line, stop: asyncio.Event) -> None:
        """Follow until the connection is lost."""
        await self.join(line)
        while not stop.is_set():
            line.take(await line.receive())
            self._take_all(line)

    async def join(self, line: Line) -> None:
        """Join with what was seen last."""
        seen = {"chat": {"epoch": self._at[0], "last_seq": self._at[1]}} if self._at is not None else {}
        answer = await line.call("stream:join", {"station": "awaz", **seen})
        if not answer["ok"]:
            raise ConnectionError(str(answer))
        chat = answer["snapshot"]["chat"]
        if answer.get("chat", {}).get("recovered"):
            for missed in answer["chat"]["missed"]:
                self._take(missed["event"], missed["data"])
        else:
            # Told plainly: what the snapshot has replaces what was shown.
            self.resets += 1
            self.parts.append({})
            self._at = chat["epoch"], chat["seq"]
            self.shown = [message["id"] for message in chat["messages"]]
        if self._at != (chat["epoch"], chat["seq"]):
            self.problems.append(f"joined at {chat['epoch']}:{chat['seq']}, but the last event was {self._at}")
        self._take_all(line)

    async def catch_up(self) -> None:
        """Join once more, and read what is there."""
        await self.connect(_set())

    def _take_all(self, line: Line) -> None:
        for name, body in line.events:
            self._take(name, body)
        line.events.clear()

    def _take(self, name: str, body: dict[str, Any]) -> None:
        if not name.startswith("chat:"):
            return
        position = body["epoch"], body["seq"]
        if self._at is not None and position[0] == self._at[0] and position[1] <= self._at[1]:
            return  # sent again, as it may be at a join
        if self._at is None or position != (self._at[0], self._at[1] + 1):
            self.problems.append(f"after {self._at} came {position}")
        self._at = position
        self.parts[-1][position] = body["id"]
        self.shown.append(body["id"])


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


def twice(ids: Iterable[str]) -> list[str]:
    """List what is there more than once."""
    return [each for each, count in Counter(ids).items() if count > 1]


def disagreements(followers: Iterable[Follower], stored: list[str]) -> list[str]:
    """List where followers have another message at a position than others, or another order than the database has.

    What was shown and not yet marked so when the daemon was killed has another position afterwards.
    """
    problems = []
    place = {message: number for number, message in enumerate(stored)}
    known: dict[Position, str] = {}
    for part in (part for follower in followers for part in follower.parts):
        problems += [f"{at} is {message}" for at, message in part.items() if known.setdefault(at, message) != message]
        problems += [f"{message} is not in the database" for message in part.values() if message not in place]
        places = [place.get(message, 0) for message in part.values()]
        problems += [f"{before} before {after}" for before, after in pairwise(places) if before >= after]
    return problems
