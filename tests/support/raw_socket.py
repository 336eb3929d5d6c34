"""A WebSocket client that sends frames exactly as given, valid or not, and checks what it gets."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.support import asyncapi

PING, PONG = "2", "3"
SOCKET = "/socket.io/?EIO=4&transport=websocket"


@dataclass
class RawSocket:
    """An open WebSocket that has received the server's open packet and sent nothing yet."""

    http: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse
    _close_code: int | None = None
    _unread: asyncio.Transport | None = None

    @classmethod
    async def open(cls, url: str, **headers: str) -> "RawSocket":
        """Open a WebSocket; raise WSServerHandshakeError if it is refused."""
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
            socket = await http.ws_connect(url + SOCKET, headers=headers, max_msg_size=0)
            client = cls(http, socket)
            await client.receive()
            stack.pop_all()
            return client

    @classmethod
    async def authenticated(cls, url: str, token: str, **headers: str) -> "RawSocket":
        """Open a WebSocket and CONNECT with a token."""
        async with AsyncExitStack() as stack:
            client = await cls.open(url, **headers)
            stack.push_async_callback(client.close)
            answer = await client.connect(token)
            assert answer.startswith("40"), answer
            stack.pop_all()
            return client

    def stop_reading(self) -> None:
        """Take nothing more from the server."""
        self._unread = self.transport
        self._unread.pause_reading()

    @property
    def transport(self) -> asyncio.Transport:
        """The client's end."""
        connection = self.socket._conn  # noqa: SLF001 - aiohttp has no public way to it
        assert connection is not None
        assert connection.transport is not None
        return connection.transport

    async def connect(self, token: object) -> str:
        """Send CONNECT and return the answer."""
        await self.send("40" + json.dumps({"token": token}))
        return await self.receive()

    async def send(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        if isinstance(frame, bytes):
            await self.socket.send_bytes(frame)
        else:
            await self.socket.send_str(frame)

    async def receive(self, within_s: float = 5.0) -> str:
        """Return the next text frame, answering pings; raise ConnectionResetError once the connection has ended."""
        async with asyncio.timeout(within_s):
            while True:
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.CLOSE:
                    # The library forgets it, where the connection has ended by the time that it is read.
                    self._close_code = message.data
                if message.type is not aiohttp.WSMsgType.TEXT:
                    raise ConnectionResetError(f"{message.type.name} {message.data}")
                if message.data != PING:
                    _check_event(message.data)
                    return str(message.data)
                await self.send(PONG)

    async def call(self, name: str, body: Any, ack: int = 1) -> dict[str, Any]:
        """Send an event and return its ack, skipping other frames."""
        await self.send(f"42{ack}" + json.dumps([name, body]))
        start = f"43{ack}["
        while not (frame := await self.receive()).startswith(start):
            pass
        answer: dict[str, Any] = json.loads(frame[len(start) - 1 :])[0]
        assert asyncapi.problems(f"{name}.ack", answer) == []
        return answer

    async def until_event(self, name: str, within_s: float = 5.0) -> dict[str, Any]:
        """Return the body of the next event of a name, skipping others."""
        start = f'42["{name}",'
        while not (frame := await self.receive(within_s)).startswith(start):
            pass
        body: dict[str, Any] = json.loads(frame[2:])[1]
        return body

    async def until_closed(self, within_s: float = 5.0) -> int | None:
        """Wait until the server has closed the connection, and return its code; raise TimeoutError if it does not."""
        async with asyncio.timeout(within_s):
            while True:
                try:
                    await self.receive(within_s)
                except ConnectionResetError:
                    return self._close_code or self.socket.close_code

    async def close(self) -> None:
        """Close the connection; at once, if it does not read the server's answer to that."""
        if self._unread is not None:
            self._unread.abort()
        await self.socket.close()
        await self.http.close()


def data_of(frame: str, start: str) -> Any:
    """Return the JSON of a frame after its type."""
    assert frame.startswith(start), frame
    return json.loads(frame.removeprefix(start))


def _check_event(frame: str) -> None:
    """Check that an event is as the AsyncAPI document says."""
    if frame.startswith("42["):
        name, body = json.loads(frame[2:])
        assert asyncapi.problems(name, body) == []
