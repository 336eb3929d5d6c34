"""A listener's client that leads a hard life, and writes down every ordered event it was told.

It does what docs/events.md asks of a client and less: it keeps `epoch` and `seq`, comes back with them, and sends a
heartbeat now and then. It never passes over what it has already: what comes twice is written down twice.
"""

import asyncio
import json
import random
import socket
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.support.raw_socket import PING, PONG, SOCKET

ORDERED = frozenset({"stream:started", "stream:stopped", "stream:metadata"})
SMALLEST_BUFFER = 2048
STALLS, VANISHES = 0.5, 0.5
"""In how many of its lives a client does."""
Body = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """An ordered event."""

    epoch: str
    seq: int
    body: str


@dataclass(frozen=True)
class Gap:
    """The server said plainly that events are missing: what comes next is the state after `seq` of `epoch`."""

    epoch: str
    seq: int


@dataclass
class FlakyClient:
    """One client. `log` is what it was told, in order; `holes` are gaps that nobody told it of."""

    url: str
    token: str
    chance: random.Random
    station: str = "awaz"
    log: list[Told | Gap] = field(default_factory=list)
    holes: list[str] = field(default_factory=list)
    lives: int = 0
    epoch: str | None = None
    seq: int = 0
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _asked: int = 0

    async def wander(self, over: asyncio.Event) -> None:
        """Live one life after the other."""
        while not over.is_set():
            try:
                await self.live(self.chance.uniform(0.2, 2.5))
            except (OSError, aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(self.chance.uniform(0.0, 0.3))

    async def live(self, seconds: float) -> None:
        """Connect, join and listen for some seconds, stalling on some days, and end it politely or not."""
        async with (
            asyncio.timeout(15),
            aiohttp.ClientSession(connector=self._connector(), trust_env=False) as http,
            http.ws_connect(self.url + SOCKET, max_msg_size=0) as self._socket,
        ):
            await self._enter()
            self.lives += 1
            if self.chance.random() < STALLS:
                await self._stall(self.chance.uniform(0.5, 3.0))
            until = asyncio.get_running_loop().time() + seconds
            while (left := until - asyncio.get_running_loop().time()) > 0:
                await self._hear(left)
            if self.chance.random() < VANISHES:
                self._vanish()

    async def catch_up(self) -> None:
        """Join once more, when all is quiet, and see what was missing."""
        await self.live(0.0)

    def _connector(self) -> aiohttp.TCPConnector:
        """Give the kernel little room for what is not read: a stall is felt at the server soon."""

        def small(address: Any) -> socket.socket:
            made = socket.socket(address[0], address[1], address[2])
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
            return made

        return aiohttp.TCPConnector(socket_factory=small)

    async def _stall(self, seconds: float) -> None:
        """Take nothing from the wire for a while, as a phone in a tunnel."""
        transport = self._transport()
        if transport is not None:
            transport.pause_reading()
            await asyncio.sleep(seconds)
            transport.resume_reading()

    def _vanish(self) -> None:
        transport = self._transport()
        if transport is not None:
            transport.abort()

    def _transport(self) -> asyncio.Transport | None:
        connection = self._socket._conn if self._socket is not None else None
        return connection.transport if connection is not None else None

    async def _enter(self) -> None:
        await self._receive()
        await self._send("40" + json.dumps({"token": self.token}))
        if not (await self._receive()).startswith("40"):
            raise ConnectionError("refused")
        await self._join()

    async def _join(self) -> None:
        seen = {"epoch": self.epoch, "last_seq": self.seq} if self.epoch is not None else {}
        self._asked += 1
        await self._send(f"42{self._asked}" + json.dumps(["stream:join", {"station": self.station, **seen}]))
        early, start = [], f"43{self._asked}["
        while not (frame := await self._receive()).startswith(start):
            early.append(frame)
        answer = json.loads(frame[len(start) - 1 :])[0]
        if not answer["ok"]:
            raise ConnectionError(str(answer))
        self._joined(answer)
        for each in early:
            self._take(each)

    def _joined(self, answer: Body) -> None:
        snapshot = answer["snapshot"]
        if answer["recovered"]:
            for entry in answer["missed"]:
                self._note(entry["data"])
        else:
            self.epoch, self.seq = snapshot["epoch"], snapshot["seq"]
            self.log.append(Gap(self.epoch or "", self.seq))
        if (self.epoch, self.seq) != (snapshot["epoch"], snapshot["seq"]):
            self.holes.append(f"the snapshot is of {snapshot['seq']}, and {self.seq} is what was told")

    async def _hear(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, 0.5)):
                self._take(await self._receive())
        except TimeoutError:
            await self._send(f'4299["stream:heartbeat",{json.dumps({"t": 1})}]')

    def _take(self, frame: str) -> None:
        if frame.startswith("4399["):
            top = json.loads(frame[4:])[0].get("seqs", {}).get(self.station, self.seq)
            if top > self.seq:
                self.holes.append(f"the heartbeat says {top}, and {self.seq} is what was told")
        elif frame.startswith("42["):
            name, body = json.loads(frame[2:])
            if name in ORDERED:
                self._note(body)

    def _note(self, body: Body) -> None:
        if (body["epoch"], body["seq"]) != (self.epoch, self.seq + 1):
            self.holes.append(f"after {self.epoch}:{self.seq} came {body['epoch']}:{body['seq']}")
        self.epoch, self.seq = body["epoch"], body["seq"]
        self.log.append(Told(body["epoch"], body["seq"], json.dumps(body, sort_keys=True)))

    async def _send(self, frame: str) -> None:
        assert self._socket is not None
        await self._socket.send_str(frame)

    async def _receive(self) -> str:
        assert self._socket is not None
        while True:
            message = await self._socket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise ConnectionResetError(message.type.name)
            if message.data != PING:
                return str(message.data)
            await self._send(PONG)
