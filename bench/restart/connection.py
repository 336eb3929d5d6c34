"""A minimal WebSocket client (RFC 6455) without a task per connection, for thousands of them."""

import asyncio
from collections.abc import Callable

from bench.connect.clients import HEADERS_END, text_frame

TEXT, CLOSE = 0x81, 0x88
SHORT = 126
"""A length of 126 means that 2 bytes of length follow; 127 means 8."""


class Connection(asyncio.Protocol):
    """A connection. `on_text` gets every text, `on_close` once the status line of a refused handshake, or nothing."""

    def __init__(self, request: bytes, on_text: Callable[[bytes], None], on_close: Callable[[str], None]) -> None:
        self._request, self._on_text, self._on_close = request, on_text, on_close
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._open = False
        self._status = ""

    def send(self, text: str) -> None:
        """Send a text frame."""
        if self._transport is not None:
            self._transport.write(text_frame(text))

    def abort(self) -> None:
        """Abort the connection."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the handshake."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("the transport is not a stream")
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        """Report the end."""
        del error
        self._on_close(self._status)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes."""
        if self._rest:
            data = self._rest + data
        if not self._open:
            data = self._handshake(data)
        self._rest = self._parse_frames(data) if self._open else data

    def _handshake(self, data: bytes) -> bytes:
        head, end, rest = data.partition(HEADERS_END)
        if not end:
            return data
        line = head.partition(b"\r\n")[0].decode()
        self._open = " 101 " in line
        if not self._open:
            self._status = line
            self.abort()
            return b""
        return rest

    def _parse_frames(self, data: bytes) -> bytes:
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
                self._on_text(data[start:stop])
            elif data[at] == CLOSE:
                self.abort()
            at = stop
        return data[at:]
