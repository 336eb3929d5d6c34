"""Icecast's STATS feed: a connection on which it reports changes within half a second.

No fact is taken from it: a source's title goes into its lines as it came, so anybody with one stream key can forge
lines about every mount. The feed only triggers a poll, which reads the facts.
"""

import asyncio
from base64 import b64encode
from dataclasses import dataclass

import structlog

from controlplane.features.onair.sources.poller import Poller
from controlplane.icecast.parse import is_change

log = structlog.get_logger()

RETRY_S = (0.2, 0.5, 1.0)
CONNECT_TIMEOUT_S = 5.0
SILENCE_TIMEOUT_S = 120.0
"""A feed that is silent for so long may be half open; opening another one costs little."""
READ_BYTES = 64 * 1024
MAX_LINE_BYTES = 64 * 1024


@dataclass(slots=True)
class StatsFeed:
    """Keeps one STATS connection open, and asks for a poll at each change."""

    host: str
    port: int
    credentials: str
    poller: Poller

    async def run(self) -> None:
        """Follow the feed until cancelled, reconnecting after every fault of Icecast."""
        failures = 0
        while True:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    reader, writer = await asyncio.open_connection(self.host, self.port, limit=MAX_LINE_BYTES)
                try:
                    await self._greet(reader, writer)
                    failures = 0
                    await self._follow(reader)
                finally:
                    writer.close()
            except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
                if failures == 0:
                    log.warning("icecast_feed_lost", reason=str(error) or type(error).__name__)
            self.poller.ask()
            await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
            failures += 1

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        token = b64encode(self.credentials.encode()).decode()
        writer.write(f"STATS / HTTP/1.0\r\nAuthorization: Basic {token}\r\n\r\n".encode())
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        status = head.partition(b"\r\n")[0].decode(errors="replace")
        if " 200 " not in status:
            raise ValueError(f"Icecast refused it: {status}")
        log.info("icecast_feed_connected")

    async def _follow(self, reader: asyncio.StreamReader) -> None:
        self.poller.ask()
        rest = b""
        while True:
            async with asyncio.timeout(SILENCE_TIMEOUT_S):
                piece = await reader.read(READ_BYTES)
            if not piece:
                raise EOFError("Icecast closed it")
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > MAX_LINE_BYTES:
                raise ValueError("a line without end")
            if any(map(is_change, lines)):
                self.poller.ask()
