"""Work that is committed many pieces at a time: what comes while some are written is the next transaction."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

from controlplane.kernel.errors import AwazError, Busy

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(slots=True, eq=False)
class Piece(Generic[ItemT, ResultT]):
    """A piece of work; `since` is when it came, in seconds of `time.monotonic`."""

    item: ItemT
    since: float
    done: "asyncio.Future[ResultT]"

    def answer(self, result: ResultT) -> None:
        """Let the caller of `Batches.add` go on."""
        if not self.done.done():
            self.done.set_result(result)

    def refuse(self, error: AwazError) -> None:
        """Raise an error in the caller of `Batches.add`."""
        if not self.done.done():
            self.done.set_exception(error)
            self.done.exception()  # read here, since the caller may be gone


@dataclass(slots=True)
class Batches(Generic[ItemT, ResultT]):
    """Pieces of work in the order in which they came, for one writer that takes up to `size` of them at a time."""

    size: int
    most: int
    """Pieces that may wait."""
    _waiting: "deque[Piece[ItemT, ResultT]]" = field(default_factory=deque)
    _work: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, item: ItemT) -> "asyncio.Future[ResultT]":
        """Put a piece at the end; return what it is answered with. Raises Busy if too many wait already."""
        if len(self._waiting) >= self.most:
            raise Busy("too much is waiting to be written", 1.0)
        piece: Piece[ItemT, ResultT] = Piece(item, time.monotonic(), asyncio.get_running_loop().create_future())
        self._waiting.append(piece)
        self._work.set()
        return piece.done

    def waiting(self) -> Sequence[Piece[ItemT, ResultT]]:
        """List the pieces that are neither answered nor refused, the oldest first."""
        return [piece for piece in self._waiting if not piece.done.done()]

    async def run(self, write: Callable[[Sequence[Piece[ItemT, ResultT]]], Awaitable[None]]) -> None:
        """Write until cancelled; what `write` neither answers nor refuses, it is given again."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._waiting:
                await write([*islice(self._waiting, self.size)])
                while self._waiting and self._waiting[0].done.done():
                    self._waiting.popleft()
