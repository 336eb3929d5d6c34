"""Icecast's STATS feed: a connection over which it says within half a second that something changed.

No fact is taken from it: a source's title goes into its lines as it came, so whoever has one stream key can write lines
about every mount. It is a bell; a poll tells.
"""

import asyncio
from base64 import b64encode
from dataclasses import dataclass

import structlog

from controlplane.icecast.parse import is_news
from controlplane.icecast.poller import Poller

log = structlog.get_logger()

RETRY_S = (0.2, 0.5, 1.0)
CONNECT_S = 5.0
SILENCE_S = 120.0
"""A feed that is silent for so long may be half open; opening another costs nothing."""
PIECE = 64 * 1024
LINE_LIMIT = 64 * 1024


@dataclass(slots=True)
class StatsFeed:
    """Keeps one STATS connection open and asks for a poll when it has news."""

    host: str
    port: int
    credentials: str
    poller: Poller

    async def run(self) -> None:
        """Follow the feed for ever, through every fault of Icecast."""
        failures = 0
        while True:
            try:
                async with asyncio.timeout(CONNECT_S):
                    reader, writer = await asyncio.open_connection(self.host, self.port, limit=LINE_LIMIT)
                try:
                    await self._greet(reader, writer)
                    failures = 0
                    await self._follow(reader)
                finally:
                    writer.close()
            except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
                if failures == 0:
                    log.warning("icecast feed lost", reason=str(error) or type(error).__name__)
            self.poller.ask()
            await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
            failures += 1

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        token = b64encode(self.credentials.encode()).decode()
        writer.write(f"STATS / HTTP/1.0\r\nAuthorization: Basic {token}\r\n\r\n".encode())
        async with asyncio.timeout(CONNECT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        status = head.partition(b"\r\n")[0].decode(errors="replace")
        if " 200 " not in status:
            raise ValueError(f"Icecast refused it: {status}")
        log.info("icecast feed connected")

    async def _follow(self, reader: asyncio.StreamReader) -> None:
        self.poller.ask()
        rest = b""
        while True:
            async with asyncio.timeout(SILENCE_S):
                piece = await reader.read(PIECE)
            if not piece:
                raise EOFError("Icecast closed it")
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > LINE_LIMIT:
                raise ValueError("a line without end")
            if any(map(is_news, lines)):
                self.poller.ask()
