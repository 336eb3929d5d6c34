"""People who write: `python -m bench.chat.senders <server's port> <control port>`.

Reads one token a line, connects with each, and prints `ready`. Each byte on the control port has the next of them write
a message. A line `alone N` on the input has them write N messages, each after the ack of the one before; the answer is
a line of JSON, `{acks_ms}`.
"""

import asyncio
import json
import sys
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from itertools import count, cycle

from bench.connect.clients import connect, text_frame

PING = b"\x81\x012"
"""The frame of Engine.IO's ping."""
ACK_WITHIN_S = 10.0
TEXT = "What a voice! Which raga is this one, and who plays the sarangi?"


@dataclass
class Sender:
    """A connected person who writes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    acks: "deque[asyncio.Future[None]]" = field(default_factory=deque)

    def write(self) -> None:
        """Send a message."""
        body = {"station": "awaz", "text": TEXT, "client_id": str(uuid.uuid4())}
        self.writer.write(text_frame(f"42{next(self.numbers)}" + json.dumps(["chat:send", body])))

    async def read(self) -> None:
        """Take acks, and answer pings, until the connection ends; a refusal ends the process."""
        while received := await self.reader.read(65536):
            if b'"error"' in received:
                sys.exit(received.decode(errors="replace"))
            for _ in range(min(len(self.acks), received.count(b'"ok":true'))):
                self.acks.popleft().set_result(None)
            if PING in received:
                self.writer.write(text_frame("3"))

    async def acknowledged(self) -> float:
        """Write a message; return how long its ack took, in milliseconds."""
        ack = asyncio.get_running_loop().create_future()
        self.acks.append(ack)
        began = time.perf_counter()
        self.write()
        async with asyncio.timeout(ACK_WITHIN_S):
            await ack
        return (time.perf_counter() - began) * 1000


async def main(port: int, control: int, tokens: list[str], commands: asyncio.StreamReader) -> None:
    """Connect, and write when asked, until the input ends."""
    senders = [Sender(*await connect(port, token, f"10.9.{number}.1")) for number, token in enumerate(tokens)]
    reading = [asyncio.create_task(sender.read()) for sender in senders]
    turn = cycle(senders)

    async def written(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        while received := await reader.read(64):
            for _ in received:
                next(turn).write()

    async with await asyncio.start_server(written, "127.0.0.1", control):
        print("ready", flush=True)
        while line := await commands.readline():
            times = [await next(turn).acknowledged() for _ in range(int(line.split()[1]))]
            print(json.dumps({"acks_ms": times}), flush=True)
    for task in reading:
        task.cancel()


async def _run() -> None:
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    tokens = []
    while (line := (await commands.readline()).decode().strip()) != "":
        tokens.append(line)
    await main(int(sys.argv[1]), int(sys.argv[2]), tokens, commands)


if __name__ == "__main__":
    asyncio.run(_run())
