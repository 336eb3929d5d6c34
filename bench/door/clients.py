"""Clients in a process of their own: `python -m bench.door.clients <port> <count> <at once> [half]`.

Speaks just enough WebSocket and Socket.IO to come in, with tokens read from its input, one a line. Says `ready`, waits
for a line, connects, and says one line of JSON: `{seconds, failed}`. Holds the connections until its input ends. With
`half` it opens WebSockets and never says CONNECT, opening another for each that is closed, until its input ends.
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
"""Before opening another, as the server asks those to wait whom it has no room for: they are idle, and no flood."""


def upgrade(port: int, address: str) -> bytes:
    """Return the request that opens a WebSocket, said to come from an address."""
    return (
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
        f"X-Forwarded-For: {address}\r\n\r\n"
    ).encode()


def frame(text: str) -> bytes:
    """Return a client's text frame (RFC 6455, section 5.2); the mask is all zeros, which a server takes like any."""
    payload = text.encode()
    size = bytes((0x80 | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + payload


async def come_in(port: int, token: str, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a WebSocket and connect with a token; raise ConnectionError when refused."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(upgrade(port, address))
    status = await reader.readuntil(HEADERS_END)
    if b" 101 " not in status.partition(b"\r\n")[0]:
        writer.close()
        raise ConnectionError(status.partition(b"\r\n")[0].decode())
    writer.write(frame("40" + json.dumps({"token": token})))
    heard = b""
    while b'40{"sid"' not in heard:
        more = await reader.read(4096)
        if not more or b"44{" in heard + more:
            writer.close()
            raise ConnectionError("refused")
        heard += more
    return reader, writer


async def knock(port: int, tokens: list[str], at_once: int) -> None:
    """Bring everybody in, so many at once, and say how long that took."""
    waiting, held, failed = iter(enumerate(tokens)), list[object](), 0

    async def one() -> None:
        nonlocal failed
        for number, token in waiting:
            try:
                held.append(await come_in(port, token, f"10.{os.getpid() % 250}.{number // 200 % 250}.1"))
            except (OSError, asyncio.IncompleteReadError):
                failed += 1

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(at_once)))
    print(json.dumps({"seconds": time.monotonic() - began, "failed": failed}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def idle(port: int, count: int, at_once: int) -> None:
    """Keep so many WebSockets open that never say CONNECT."""
    place = asyncio.Semaphore(at_once)
    number = numbers()

    async def one() -> None:
        while True:
            address = f"10.{os.getpid() % 250}.{next(number) // 100 % 250}.1"
            try:
                async with place:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.write(upgrade(port, address))
                    await reader.readuntil(HEADERS_END)
                await reader.read()
            except (OSError, asyncio.IncompleteReadError):
                pass
            # Not all at once again, as no crowd of people would either.
            await asyncio.sleep(PAUSE_S * random.uniform(1.0, 2.0))

    tasks = [asyncio.create_task(one()) for _ in range(count)]
    print(json.dumps({"seconds": 0, "failed": 0}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()


def main() -> None:
    """Run."""
    port, count, at_once = (int(argument) for argument in sys.argv[1:4])
    tokens = [sys.stdin.readline().strip() for _ in range(count)]
    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(idle(port, count, at_once) if "half" in sys.argv else knock(port, tokens, at_once))


if __name__ == "__main__":
    main()
