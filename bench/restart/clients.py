"""A process of listeners: `python -m bench.restart.clients <port> <count> <first number>`.

Reads one token a line, and prints `ready`. Then it obeys commands, each answered by a line of JSON: `enter <seconds>`
connects all listeners, spread over that time; `return <seconds>` prints `watching` at once, and its record once all
have reconnected, or after that time; `check` asks for missed events; `join <seconds>` lets some listeners join
repeatedly for that time, and reports the number of joins.
"""

import asyncio
import gc
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from bench.restart.listener import Listener, Record

POLL_S = 0.1
ENTER_WITHIN_S = 90.0
CHECK_WITHIN_S = 20.0
JOINING = 100
LISTENERS_PER_ADDRESS = 100
"""Listeners that share an address."""


@dataclass
class CpuShares:
    """The CPU share of this process, second by second."""

    shares: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            cpu_before, began = time.process_time(), time.monotonic()
            await asyncio.sleep(1.0)
            self.shares.append((time.process_time() - cpu_before) / (time.monotonic() - began))


class Listeners:
    """The listeners of this process."""

    def __init__(self, port: int, tokens: list[str], first: int) -> None:
        self._record, self._cpu_shares = Record(), CpuShares()
        self._listeners = [
            Listener(number, port, token, f"10.1.{number // LISTENERS_PER_ADDRESS}.1", self._record)
            for number, token in enumerate(tokens, first)
        ]

    async def execute(self, commands: asyncio.StreamReader) -> None:
        """Execute commands until the input ends."""
        measuring = asyncio.create_task(self._cpu_shares.watch())
        while command := (await commands.readline()).decode().split():
            if command[0] == "enter":
                await self._enter(float(command[1]))
            elif command[0] == "return":
                await self._return(float(command[1]))
            elif command[0] == "join":
                await self._join(float(command[1]))
            else:
                await self._check()
        measuring.cancel()

    async def _enter(self, over_s: float) -> None:
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            loop.call_later(random.random() * over_s, listener.connect)
        await self._until_back(ENTER_WITHIN_S)
        _print({"connected": len(self._record.back), "refused": self._record.refused})

    async def _return(self, within_s: float) -> None:
        self._new_record()
        print("watching", flush=True)
        await self._until_back(within_s)
        _print({**vars(self._record), "back": list(self._record.back.values()), "busy": self._cpu_shares.shares})

    async def _join(self, for_s: float) -> None:
        self._new_record()
        began = time.monotonic()
        for listener in self._listeners[:JOINING]:
            listener.join_until(began + for_s)
        await asyncio.sleep(for_s)  # the measured time
        _print({"joins": self._record.joins, "took_s": time.monotonic() - began})

    async def _check(self) -> None:
        for listener in self._listeners:
            listener.heartbeat()
        until = time.monotonic() + CHECK_WITHIN_S
        while time.monotonic() < until and any(each.behind is None for each in self._listeners):
            await asyncio.sleep(POLL_S)
        silent = sum(each.behind is None or not each.joined for each in self._listeners)
        behind = sum(each.behind is True for each in self._listeners)
        _print(
            {"behind": behind, "silent": silent, "losses": self._record.losses, "duplicates": self._record.duplicates}
        )

    def _new_record(self) -> None:
        self._record, self._cpu_shares.shares = Record(), []
        for listener in self._listeners:
            listener.record = self._record

    async def _until_back(self, within_s: float) -> None:
        until = time.monotonic() + within_s
        while time.monotonic() < until and len(self._record.back) < len(self._listeners):
            await asyncio.sleep(POLL_S)


def _print(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


async def serve(port: int, tokens: list[str], first: int) -> None:
    """Run until the input ends."""
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print("ready", flush=True)
    await Listeners(port, tokens, first).execute(commands)


def main() -> None:
    """Run the process."""
    # A garbage collection would delay all listeners, and is not part of the measurement.
    gc.disable()
    port, count, first = (int(argument) for argument in sys.argv[1:4])
    tokens = [sys.stdin.readline().strip() for _ in range(count)]
    asyncio.run(serve(port, tokens, first))


if __name__ == "__main__":
    main()
