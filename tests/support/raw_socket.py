"""A WebSocket client that says just what it is told, for what no honest client would say."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import aiohttp

PING, PONG = "2", "3"
SOCKET = "/socket.io/?EIO=4&transport=websocket"


@dataclass
class RawSocket:
    """One WebSocket, opened; nothing was said yet but the server's greeting."""

    http: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse

    @classmethod
    async def open(cls, url: str, **headers: str) -> "RawSocket":
        """Open a WebSocket; raises WSServerHandshakeError when it is refused."""
        http = aiohttp.ClientSession(trust_env=False)
        try:
            socket = await http.ws_connect(url + SOCKET, headers=headers, max_msg_size=0)
        except BaseException:
            await http.close()
            raise
        raw = cls(http, socket)
        await raw.receive()
        return raw

    @classmethod
    async def inside(cls, url: str, token: str, **headers: str) -> "RawSocket":
        """Open a WebSocket and CONNECT with a token."""
        raw = await cls.open(url, **headers)
        answer = await raw.connect(token)
        assert answer.startswith("40"), answer
        return raw

    async def connect(self, token: object) -> str:
        """Say CONNECT and return the answer."""
        await self.send("40" + json.dumps({"token": token}))
        return await self.receive()

    async def send(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        if isinstance(frame, bytes):
            await self.socket.send_bytes(frame)
        else:
            await self.socket.send_str(frame)

    async def receive(self, within_s: float = 5.0) -> str:
        """Return the next text frame, and answer pings; raise ConnectionResetError when there will be none."""
        async with asyncio.timeout(within_s):
            while True:
                message = await self.socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    raise ConnectionResetError(f"{message.type.name} {message.data}")
                if message.data != PING:
                    return str(message.data)
                await self.send(PONG)

    async def call(self, name: str, body: Any, ack: int = 1) -> dict[str, Any]:
        """Send an event and return its ack, past whatever comes before it."""
        await self.send(f"42{ack}" + json.dumps([name, body]))
        start = f"43{ack}["
        while not (frame := await self.receive()).startswith(start):
            pass
        answer: dict[str, Any] = json.loads(frame[len(start) - 1 :])[0]
        return answer

    async def until_event(self, name: str, within_s: float = 5.0) -> dict[str, Any]:
        """Return the body of the next event of a name, past others."""
        start = f'42["{name}",'
        while not (frame := await self.receive(within_s)).startswith(start):
            pass
        body: dict[str, Any] = json.loads(frame[2:])[1]
        return body

    async def until_closed(self, within_s: float = 5.0) -> None:
        """Wait until the server has ended the connection; raise TimeoutError if it does not."""
        async with asyncio.timeout(within_s):
            while True:
                try:
                    await self.receive(within_s)
                except ConnectionResetError:
                    return

    async def close(self) -> None:
        """Close it."""
        await self.socket.close()
        await self.http.close()
