"""One WebSocket for very many: just enough of RFC 6455 to hear a server, in bytes and without a task each."""

import asyncio
from collections.abc import Callable

from bench.door.clients import HEADERS_END, frame

TEXT, CLOSE = 0x81, 0x88
SHORT = 126
"""A length of this says that the length follows in 2 bytes; one more, in 8."""


class Wire(asyncio.Protocol):
    """A connection. `heard` gets every text; `over` is called once, with the status line if we were not let in."""

    def __init__(self, request: bytes, heard: Callable[[bytes], None], over: Callable[[str], None]) -> None:
        self._request, self._heard, self._over = request, heard, over
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._open = False
        self._status = ""

    def say(self, text: str) -> None:
        """Send a text."""
        if self._transport is not None:
            self._transport.write(frame(text))

    def drop(self) -> None:
        """Take the connection away."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask to be let in."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("that is no stream")
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        """Say so."""
        del error
        self._over(self._status)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._rest:
            data = self._rest + data
        if not self._open:
            data = self._let_in(data)
        self._rest = self._texts(data) if self._open else data

    def _let_in(self, data: bytes) -> bytes:
        head, end, rest = data.partition(HEADERS_END)
        if not end:
            return data
        line = head.partition(b"\r\n")[0].decode()
        self._open = " 101 " in line
        if not self._open:
            self._status = line
            self.drop()
            return b""
        return rest

    def _texts(self, data: bytes) -> bytes:
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size >= SHORT:
                start += 2 if size == SHORT else 8
                if end < start:
                    break
                size = int.from_bytes(data[at + 2 : start], "big")
            stop = start + size
            if stop > end:
                break
            if data[at] == TEXT:
                self._heard(data[start:stop])
            elif data[at] == CLOSE:
                self.drop()
            at = stop
        return data[at:]
