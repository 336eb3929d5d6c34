"""A line to Icecast on which packets are lost for a while, as TCP has it: what is lost comes late, and all after it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SEGMENT_BYTES = 1448
RETRANSMIT_S = 0.2
"""The shortest time after which Linux sends a segment again (RFC 6298; TCP_RTO_MIN); each time, it is doubled."""


@dataclass
class LossyLine:
    """A line, and which part of the segments from the server are lost on it now."""

    port: int
    server_port: int
    loss: float = 0.0
    _lots: random.Random = field(default_factory=lambda: random.Random(16))

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry a connection until one side ends it."""
        theirs, ours = await asyncio.open_connection("127.0.0.1", self.server_port)
        ways = [asyncio.create_task(_copy(reader, ours)), asyncio.create_task(self._lose(theirs, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ways:
                each.cancel()
            # Either side may be gone.
            await asyncio.gather(*ways, return_exceptions=True)
            ours.close()
            writer.close()

    async def _lose(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while segment := await reader.read(SEGMENT_BYTES):
            wait_s = RETRANSMIT_S
            while self._lots.random() < self.loss:
                await asyncio.sleep(wait_s)
                wait_s *= 2
            writer.write(segment)
            await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()


@asynccontextmanager
async def lossy_line(server_port: int) -> AsyncIterator[LossyLine]:
    """Open a line to a server on this machine until the block ends."""
    line = LossyLine(0, server_port)
    async with await asyncio.start_server(line.carry, "127.0.0.1", 0) as server:
        line.port = server.sockets[0].getsockname()[1]
        yield line
