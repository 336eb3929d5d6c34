"""A process of clients: `python -m bench.connect.clients <port> <count> <concurrency> [half]`.

Reads one token a line, prints `ready`, waits for a line, connects all clients with a minimum of WebSocket and
Socket.IO, prints a line of JSON, `{seconds, failed}`, and holds the connections until its input ends. With `half` it
opens WebSockets without a CONNECT, and replaces each that is closed, until its input ends.
"""

import asyncio
import json
import os
import random
import sys
import time
from itertools import count as numbers

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HEADERS_END = b"\r\n\r\n"
PAUSE_S = 2.0
"""Pause before a replacement, as the server asks of refused clients: they are idle, not a flood."""


def upgrade_request(port: int, address: str) -> bytes:
    """Return a WebSocket upgrade request with a forwarded address."""
    return (
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
        f"X-Forwarded-For: {address}\r\n\r\n"
    ).encode()


def text_frame(text: str) -> bytes:
    """Return a client's text frame (RFC 6455, section 5.2), masked with zeros."""
    payload = text.encode()
    size = bytes((0x80 | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + payload


async def connect(port: int, token: str, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a WebSocket and CONNECT with a token; raise ConnectionError if refused."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(upgrade_request(port, address))
    status = await reader.readuntil(HEADERS_END)
    if b" 101 " not in status.partition(b"\r\n")[0]:
        writer.close()
        raise ConnectionError(status.partition(b"\r\n")[0].decode())
    writer.write(text_frame("40" + json.dumps({"token": token})))
    received = b""
    while b'40{"sid"' not in received:
        more = await reader.read(4096)
        if not more or b"44{" in received + more:
            writer.close()
            raise ConnectionError("refused")
        received += more
    return reader, writer


async def connect_all(port: int, tokens: list[str], concurrency: int) -> None:
    """Connect all clients with limited concurrency, and report how long that took."""
    remaining, held, failed = iter(enumerate(tokens)), list[object](), 0

    async def connect_next() -> None:
        nonlocal failed
        for number, token in remaining:
            try:
                held.append(await connect(port, token, f"10.{os.getpid() % 250}.{number // 200 % 250}.1"))
            except (OSError, asyncio.IncompleteReadError):
                failed += 1

    began = time.monotonic()
    await asyncio.gather(*(connect_next() for _ in range(concurrency)))
    print(json.dumps({"seconds": time.monotonic() - began, "failed": failed}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def hold_half_open(port: int, count: int, concurrency: int) -> None:
    """Keep WebSockets open without a CONNECT."""
    slot = asyncio.Semaphore(concurrency)
    number = numbers()

    async def hold_one() -> None:
        while True:
            address = f"10.{os.getpid() % 250}.{next(number) // 100 % 250}.1"
            try:
                async with slot:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.write(upgrade_request(port, address))
                    await reader.readuntil(HEADERS_END)
                await reader.read()
            except (OSError, asyncio.IncompleteReadError):
                pass
            # Spread, as the reconnects of real clients are.
            await asyncio.sleep(PAUSE_S * random.uniform(1.0, 2.0))

    tasks = [asyncio.create_task(hold_one()) for _ in range(count)]
    print(json.dumps({"seconds": 0, "failed": 0}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()


def main() -> None:
    """Run until the input ends."""
    port, count, concurrency = (int(argument) for argument in sys.argv[1:4])
    tokens = [sys.stdin.readline().strip() for _ in range(count)]
    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(
        hold_half_open(port, count, concurrency) if "half" in sys.argv else connect_all(port, tokens, concurrency)
    )


if __name__ == "__main__":
    main()
