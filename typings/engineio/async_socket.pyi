from typing import Any

from engineio import AsyncServer
from engineio.packet import Packet

class AsyncSocket:
    server: AsyncServer
    sid: str
    closed: bool
    closing: bool
    connected: bool
    upgraded: bool
    def __init__(self, server: AsyncServer, sid: str) -> None: ...
    async def send(self, pkt: Packet) -> Any: ...
    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None: ...
