"""A client that stalls, aborts and reconnects at random, and logs every ordered event it receives.

It follows docs/events.md: it keeps `epoch` and `seq`, joins with them, and sends heartbeats. Unlike a real client it does
not drop duplicates, so that the log shows them.
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
STALL_SHARE, ABORT_SHARE = 0.5, 0.5
"""Shares of its connections that a client stalls on, and aborts."""
Body = dict[str, Any]


@dataclass(frozen=True)
class Received:
    """An ordered event."""

    epoch: str
    seq: int
    body: str


@dataclass(frozen=True)
class Gap:
    """The server reported that events are missing: the next entry follows the snapshot at `seq` of `epoch`."""

    epoch: str
    seq: int


@dataclass
class FlakyClient:
    """One client. `log` holds what it received, in order; `silent_gaps` the gaps that no answer reported."""

    url: str
    token: str
    rng: random.Random
    station: str = "awaz"
    log: list[Received | Gap] = field(default_factory=list)
    silent_gaps: list[str] = field(default_factory=list)
    connections: int = 0
    epoch: str | None = None
    seq: int = 0
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _join_id: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Open one connection after the other until told to stop."""
        while not stop.is_set():
            try:
                await self.run_connection(self.rng.uniform(0.2, 2.5))
            except (OSError, aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(self.rng.uniform(0.0, 0.3))

    async def run_connection(self, seconds: float) -> None:
        """Connect, join and receive for some seconds, stall at random, and then close or abort."""
        async with (
            asyncio.timeout(15),
            aiohttp.ClientSession(connector=self._connector(), trust_env=False) as http,
            http.ws_connect(self.url + SOCKET, max_msg_size=0) as self._socket,
        ):
            await self._authenticate()
            self.connections += 1
            if self.rng.random() < STALL_SHARE:
                await self._stall(self.rng.uniform(0.5, 3.0))
            until = asyncio.get_running_loop().time() + seconds
            while (left := until - asyncio.get_running_loop().time()) > 0:
                await self._receive_for(left)
            if self.rng.random() < ABORT_SHARE:
                self._abort()

    async def catch_up(self) -> None:
        """Join once more after the last event, to receive what was missed."""
        await self.run_connection(0.0)

    def _connector(self) -> aiohttp.TCPConnector:
        """Use a small receive buffer, so that a stall reaches the server soon."""

        def small_buffer(address: Any) -> socket.socket:
            opened = socket.socket(address[0], address[1], address[2])
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
            return opened

        return aiohttp.TCPConnector(socket_factory=small_buffer)

    async def _stall(self, seconds: float) -> None:
        """Read nothing for a while, like a phone in a tunnel."""
        transport = self._transport()
        if transport is not None:
            transport.pause_reading()
            await asyncio.sleep(seconds)
            transport.resume_reading()

    def _abort(self) -> None:
        transport = self._transport()
        if transport is not None:
            transport.abort()

    def _transport(self) -> asyncio.Transport | None:
        connection = self._socket._conn if self._socket is not None else None  # noqa: SLF001 - aiohttp has no public way to it
        return connection.transport if connection is not None else None

    async def _authenticate(self) -> None:
        await self._receive()
        await self._send("40" + json.dumps({"token": self.token}))
        if not (await self._receive()).startswith("40"):
            raise ConnectionError("refused")
        await self._join()

    async def _join(self) -> None:
        seen = {"epoch": self.epoch, "last_seq": self.seq} if self.epoch is not None else {}
        self._join_id += 1
        await self._send(f"42{self._join_id}" + json.dumps(["stream:join", {"station": self.station, **seen}]))
        early, start = [], f"43{self._join_id}["
        while not (frame := await self._receive()).startswith(start):
            early.append(frame)
        answer = json.loads(frame[len(start) - 1 :])[0]
        if not answer["ok"]:
            raise ConnectionError(str(answer))
        self._joined(answer)
        for each in early:
            self._handle(each)

    def _joined(self, answer: Body) -> None:
        snapshot = answer["snapshot"]
        if answer["recovered"]:
            for entry in answer["missed"]:
                self._record(entry["data"])
        else:
            self.epoch, self.seq = snapshot["epoch"], snapshot["seq"]
            self.log.append(Gap(self.epoch or "", self.seq))
        if (self.epoch, self.seq) != (snapshot["epoch"], snapshot["seq"]):
            self.silent_gaps.append(f"the snapshot is at {snapshot['seq']}, but the last event was {self.seq}")

    async def _receive_for(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, 0.5)):
                self._handle(await self._receive())
        except TimeoutError:
            await self._send(f'4299["stream:heartbeat",{json.dumps({"t": 1})}]')

    def _handle(self, frame: str) -> None:
        if frame.startswith("4399["):
            newest = json.loads(frame[4:])[0].get("seqs", {}).get(self.station, self.seq)
            if newest > self.seq:
                self.silent_gaps.append(f"the heartbeat says {newest}, but the last event was {self.seq}")
        elif frame.startswith("42["):
            name, body = json.loads(frame[2:])
            if name in ORDERED:
                self._record(body)

    def _record(self, body: Body) -> None:
        if (body["epoch"], body["seq"]) != (self.epoch, self.seq + 1):
            self.silent_gaps.append(f"after {self.epoch}:{self.seq} came {body['epoch']}:{body['seq']}")
        self.epoch, self.seq = body["epoch"], body["seq"]
        self.log.append(Received(body["epoch"], body["seq"], json.dumps(body, sort_keys=True)))

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
