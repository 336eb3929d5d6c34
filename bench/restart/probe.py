"""A client that measures acks during a restart: `python -m bench.restart.probe <port> <token>`.

Prints `ready`. After `go` it connects as soon as possible and sends heartbeats on schedule, answered or not. After
`stop` it prints a line of JSON, `{connected_at, times_ms}`, in which an outstanding ack counts with its time so far.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress

from bench.connect.clients import upgrade_request
from bench.restart.connection import Connection

HEARTBEAT_INTERVAL_S = 0.05
RETRY_S = 0.02
ADDRESS = "10.2.0.1"


class Probe:
    """The probe."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._connection: Connection | None = None
        self._connected_at = 0.0
        self._sent: dict[int, float] = {}
        self._times: list[float] = []

    async def run(self) -> None:
        """Connect and send heartbeats until cancelled."""
        await self._connect()
        due, number = time.monotonic(), 0
        while self._connection is not None:
            number += 1
            self._sent[number] = due
            self._connection.send(f'42{number}["stream:heartbeat",{{"t":1}}]')
            due += HEARTBEAT_INTERVAL_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        raise ConnectionError("the probe was cut off")

    def report(self) -> dict[str, object]:
        """Return the measurements and disconnect."""
        now = time.monotonic()
        times = [*self._times, *((now - due) * 1000 for due in self._sent.values() if now - due > HEARTBEAT_INTERVAL_S)]
        if self._connection is not None:
            self._connection.abort()
        return {"connected_at": self._connected_at, "times_ms": times}

    async def _connect(self) -> None:
        while not self._connected_at:
            if self._connection is None:
                await self._attempt()
            await asyncio.sleep(RETRY_S)

    async def _attempt(self) -> None:
        connection = self._connection = Connection(upgrade_request(self._port, ADDRESS), self._on_text, self._on_close)
        try:
            await asyncio.get_running_loop().create_connection(lambda: connection, "127.0.0.1", self._port)
        except OSError:
            self._connection = None

    def _on_text(self, text: bytes) -> None:
        if text[:1] == b"0" and self._connection is not None:
            self._connection.send("40" + json.dumps({"token": self._token}))
        elif text == b"2" and self._connection is not None:
            self._connection.send("3")
        elif text[:2] == b"40":
            self._connected_at = time.monotonic()
        elif text[:2] == b"43":
            due = self._sent.pop(int(text[2 : text.index(b"[")]))
            self._times.append((time.monotonic() - due) * 1000)

    def _on_close(self, _status: str) -> None:
        self._connection = None


async def serve(port: int, token: str) -> None:
    """Run until the input ends."""
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print("ready", flush=True)
    while await commands.readline():
        probe = Probe(port, token)
        running = asyncio.create_task(probe.run())
        await commands.readline()
        print(json.dumps(probe.report()), flush=True)
        running.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await running


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
