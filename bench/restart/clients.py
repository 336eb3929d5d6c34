"""Listeners in a process of their own: `python -m bench.restart.clients <port> <count> <first number>`.

Reads tokens from its input, one a line, and says `ready`. Then a line asks, and lines of JSON answer:
`enter <seconds>` brings everybody in, spread over so long; `return <seconds>` answers `watching` at once, and with
what everybody went through once all have been away and are back, or after so long; `check` asks what was missed;
`join <seconds>` has some join again and again for so long, and answers with how many joins were answered.
"""

import asyncio
import gc
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from bench.restart.listener import Book, Listener

LOOK_S = 0.1
ENTER_WITHIN_S = 90.0
CHECK_WITHIN_S = 20.0
JOINING = 100
ADDRESS_OF = 100
"""So many share an address."""


@dataclass
class Effort:
    """How busy this process was, second by second."""

    shares: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            used, began = time.process_time(), time.monotonic()
            await asyncio.sleep(1.0)
            self.shares.append((time.process_time() - used) / (time.monotonic() - began))


class Crowd:
    """The listeners of this process."""

    def __init__(self, port: int, tokens: list[str], first: int) -> None:
        self._book, self._effort = Book(), Effort()
        self._listeners = [
            Listener(number, port, token, f"10.1.{number // ADDRESS_OF}.1", self._book)
            for number, token in enumerate(tokens, first)
        ]

    async def obey(self, orders: asyncio.StreamReader) -> None:
        """Do what is asked until nobody asks any more."""
        watching = asyncio.create_task(self._effort.watch())
        while order := (await orders.readline()).decode().split():
            if order[0] == "enter":
                await self._enter(float(order[1]))
            elif order[0] == "return":
                await self._return(float(order[1]))
            elif order[0] == "join":
                await self._join(float(order[1]))
            else:
                await self._check()
        watching.cancel()

    async def _enter(self, over_s: float) -> None:
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            loop.call_later(random.random() * over_s, listener.come)
        await self._until_back(ENTER_WITHIN_S)
        _say({"inside": len(self._book.back), "refused": self._book.refused})

    async def _return(self, within_s: float) -> None:
        self._open_book()
        print("watching", flush=True)
        await self._until_back(within_s)
        _say({**vars(self._book), "back": list(self._book.back.values()), "busy": self._effort.shares})

    async def _join(self, for_s: float) -> None:
        self._open_book()
        began = time.monotonic()
        for listener in self._listeners[:JOINING]:
            listener.join_until(began + for_s)
        await asyncio.sleep(for_s)  # the time that is measured
        _say({"joins": self._book.joins, "took_s": time.monotonic() - began})

    async def _check(self) -> None:
        for listener in self._listeners:
            listener.heartbeat()
        until = time.monotonic() + CHECK_WITHIN_S
        while time.monotonic() < until and any(each.behind is None for each in self._listeners):
            await asyncio.sleep(LOOK_S)
        silent = sum(each.behind is None or not each.joined for each in self._listeners)
        behind = sum(each.behind is True for each in self._listeners)
        _say({"behind": behind, "silent": silent, "holes": self._book.holes, "twice": self._book.twice})

    def _open_book(self) -> None:
        self._book, self._effort.shares = Book(), []
        for listener in self._listeners:
            listener.book = self._book

    async def _until_back(self, within_s: float) -> None:
        until = time.monotonic() + within_s
        while time.monotonic() < until and len(self._book.back) < len(self._listeners):
            await asyncio.sleep(LOOK_S)


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


async def serve(port: int, tokens: list[str], first: int) -> None:
    """Run until our input ends."""
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print("ready", flush=True)
    await Crowd(port, tokens, first).obey(orders)


def main() -> None:
    """Run."""
    # A collection would hold all of them up, and is no part of what is measured.
    gc.disable()
    port, count, first = (int(argument) for argument in sys.argv[1:4])
    tokens = [sys.stdin.readline().strip() for _ in range(count)]
    asyncio.run(serve(port, tokens, first))


if __name__ == "__main__":
    main()
