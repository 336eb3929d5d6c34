"""One client who is inside early, asking all the time: `python -m bench.restart.probe <port> <token>`.

Says `ready`. At `go` it comes in as soon as it can and sends a heartbeat at every due time, whether the last was
answered or not; at `stop` it says one line of JSON, `{inside_at, took_ms}`, where an answer that is still to come
counts as what it took so far.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress

from bench.door.clients import upgrade
from bench.restart.connection import Wire

EVERY_S = 0.05
TRY_AGAIN_S = 0.02
ADDRESS = "10.2.0.1"


class Probe:
    """The client."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._wire: Wire | None = None
        self._inside_at = 0.0
        self._sent: dict[int, float] = {}
        self._took: list[float] = []

    async def ask(self) -> None:
        """Come in and ask, until cancelled."""
        await self._come_in()
        due, number = time.monotonic(), 0
        while self._wire is not None:
            number += 1
            self._sent[number] = due
            self._wire.say(f'42{number}["stream:heartbeat",{{"t":1}}]')
            due += EVERY_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        raise ConnectionError("the probe was cut off")

    def told(self) -> dict[str, object]:
        """Return what was measured, and leave."""
        now = time.monotonic()
        took = [*self._took, *((now - due) * 1000 for due in self._sent.values() if now - due > EVERY_S)]
        if self._wire is not None:
            self._wire.drop()
        return {"inside_at": self._inside_at, "took_ms": took}

    async def _come_in(self) -> None:
        while not self._inside_at:
            if self._wire is None:
                await self._try()
            await asyncio.sleep(TRY_AGAIN_S)

    async def _try(self) -> None:
        wire = self._wire = Wire(upgrade(self._port, ADDRESS), self._heard, self._over)
        try:
            await asyncio.get_running_loop().create_connection(lambda: wire, "127.0.0.1", self._port)
        except OSError:
            self._wire = None

    def _heard(self, text: bytes) -> None:
        if text[:1] == b"0" and self._wire is not None:
            self._wire.say("40" + json.dumps({"token": self._token}))
        elif text == b"2" and self._wire is not None:
            self._wire.say("3")
        elif text[:2] == b"40":
            self._inside_at = time.monotonic()
        elif text[:2] == b"43":
            due = self._sent.pop(int(text[2 : text.index(b"[")]))
            self._took.append((time.monotonic() - due) * 1000)

    def _over(self, _status: str) -> None:
        self._wire = None


async def serve(port: int, token: str) -> None:
    """Run until our input ends."""
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print("ready", flush=True)
    while await orders.readline():
        probe = Probe(port, token)
        asking = asyncio.create_task(probe.ask())
        await orders.readline()
        print(json.dumps(probe.told()), flush=True)
        asking.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await asking


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
