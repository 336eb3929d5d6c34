"""One listener: comes back as our client library does, and checks that it is told of everything, or that it is not."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from bench.door.clients import upgrade
from bench.restart.connection import Wire

STATION = "awaz"
ORDERED = frozenset({"stream:started", "stream:stopped", "stream:metadata"})
BASE_S, CAP_S = 1.0, 30.0
LEAVING_CAP_S = 60.0
CONNECT_WITHIN_S = 15.0
JOIN_AGAIN_S = 1.0
EXAMPLES = 5


@dataclass
class Book:
    """What the listeners of one process went through since it was opened."""

    back: dict[int, float] = field(default_factory=dict)
    """When each had joined again first, by CLOCK_MONOTONIC."""
    recovered: int = 0
    begun_anew: int = 0
    again: int = 0
    """Joins of those who were back already."""
    refused: Counter[str] = field(default_factory=Counter)
    tries: int = 0
    waits: list[float] = field(default_factory=list)
    joins: int = 0
    """Joins that were answered while all joined again and again."""
    holes: int = 0
    twice: int = 0
    examples: list[str] = field(default_factory=list)

    def hole(self, what: str) -> None:
        """Note a silent loss."""
        self.holes += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(what)


@dataclass(frozen=True)
class Told:
    """An event, as far as it matters here."""

    name: str
    epoch: str
    seq: int
    wait_s: float


@lru_cache(maxsize=1024)
def read(text: bytes) -> Told:
    """Read an event: what a room is told is the same bytes for all, and read once."""
    name, body = orjson.loads(text[2:])
    wait_s = min(max(body.get("retry_after_ms", 0), 0) / 1000, LEAVING_CAP_S)
    return Told(name, body.get("epoch", ""), body.get("seq", 0), wait_s)


class Listener:
    """A client with one station; `book` is what it writes in, and may be another any time."""

    def __init__(self, number: int, port: int, token: str, address: str, book: Book) -> None:
        self.number, self.book = number, book
        self.joined = False
        self.behind: bool | None = None
        """Whether a heartbeat's answer told of events that never came; None until there is one."""
        self._port, self._token, self._request = port, token, upgrade(port, address)
        self._loop = asyncio.get_running_loop()
        self._wire: Wire | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None
        self._attempt, self._inside, self._wait_s = 0, False, 0.0
        self._epoch: str | None = None
        self._seq = self._heard_seq = 0
        self._early: list[Told] | None = None
        self._join_until = 0.0

    def join_until(self, until: float) -> None:
        """Join again as soon as each join is answered, until a time of CLOCK_MONOTONIC."""
        self._join_until = until
        self._join()

    def come(self) -> None:
        """Try to get in, and go on trying."""
        self._inside, self._wait_s, self._heard_seq = False, 0.0, 0
        self.book.tries += 1
        self._opening = self._loop.create_task(self._open())

    def heartbeat(self) -> None:
        """Ask what should have been told by now."""
        self.behind = None
        self._say('422["stream:heartbeat",{"t":1}]')

    async def _open(self) -> None:
        wire = self._wire = Wire(self._request, self._heard, self._over)
        self._patience = self._loop.call_later(CONNECT_WITHIN_S, self._give_up)
        try:
            await self._loop.create_connection(lambda: wire, "127.0.0.1", self._port)
        except OSError:
            self.book.refused["unreachable"] += 1
            self._calm()
            self._later()

    def _give_up(self) -> None:
        self.book.refused["no answer"] += 1
        if self._wire is not None:
            self._wire.drop()

    def _over(self, status: str) -> None:
        if status:
            self.book.refused[status] += 1
        elif not self._inside:
            self.book.refused["closed"] += 1
        self._calm()
        self._wire, self.joined, self._early = None, False, None
        self._later()

    def _later(self) -> None:
        delay = self._wait_s + random.random() * min(CAP_S, BASE_S * 2 ** min(self._attempt, 30))
        self._attempt += 1
        self._loop.call_later(delay, self.come)

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()

    def _say(self, text: str) -> None:
        if self._wire is not None:
            self._wire.say(text)

    def _heard(self, text: bytes) -> None:
        kind = text[:2]
        if kind == b"42":
            self._event(read(text))
        elif kind == b"43":
            self._answer(text[2:3], text[3:])
        elif text == b"2":
            self._say("3")
        elif kind == b"40":
            self._entered()
        elif kind == b"44":
            self._no(orjson.loads(text[2:]).get("data", {}))
        elif kind[:1] == b"0":
            self._say("40" + orjson.dumps({"token": self._token}).decode())

    def _entered(self) -> None:
        self._calm()
        self._inside, self._attempt = True, 0
        self._join()

    def _no(self, error: dict[str, Any]) -> None:
        self.book.refused[f"CONNECT: {error.get('code')}"] += 1
        # The one refusal whose advice a page can read.
        self._wait_s, self._inside = error.get("retry_after", 0.0), True
        if self._wire is not None:
            self._wire.drop()

    def _join(self) -> None:
        self._early = []
        seen = {} if self._epoch is None else {"epoch": self._epoch, "last_seq": self._seq}
        self._say("421" + orjson.dumps(["stream:join", {"station": STATION, **seen}]).decode())

    def _answer(self, number: bytes, body: bytes) -> None:
        answer = orjson.loads(body)[0]
        if number == b"2":
            self.behind = not answer["ok"] or answer["seqs"].get(STATION, -1) != self._seq
        elif answer["ok"]:
            self._joined(answer)
        else:
            self.book.refused[f"join: {answer['error']['code']}"] += 1
            self._loop.call_later(JOIN_AGAIN_S, self._join)

    def _joined(self, answer: dict[str, Any]) -> None:
        snapshot = answer["snapshot"]
        self._note_return(recovered=answer["recovered"])
        if answer["recovered"]:
            for entry in answer["missed"]:
                self._next(entry["data"]["epoch"], entry["data"]["seq"])
            if (self._epoch, self._seq) != (snapshot["epoch"], snapshot["seq"]):
                self.book.hole(f"the snapshot is of {snapshot['seq']}, and {self._seq} is what was told")
        self._epoch, self._seq = snapshot["epoch"], snapshot["seq"]
        early, self._early = self._early or [], None
        for told in early:
            self._take(told)
        if time.monotonic() < self._join_until:
            self.book.joins += 1
            self._join()

    def _note_return(self, *, recovered: bool) -> None:
        self.joined = True
        if self.number in self.book.back:
            self.book.again += 1
            return
        self.book.back[self.number] = time.monotonic()
        self.book.recovered += recovered
        self.book.begun_anew += not recovered

    def _event(self, told: Told) -> None:
        if told.name in ORDERED:
            if self._early is None:
                self._take(told)
            else:
                self._early.append(told)
        elif told.name == "server:going_away":
            self._wait_s = told.wait_s
            self.book.waits.append(told.wait_s)

    def _take(self, told: Told) -> None:
        # What the snapshot has may still be under way, but nothing comes twice on one connection.
        self.book.twice += told.seq <= self._heard_seq
        self._heard_seq = told.seq
        if told.epoch != self._epoch or told.seq > self._seq:
            self._next(told.epoch, told.seq)

    def _next(self, epoch: str, seq: int) -> None:
        if (epoch, seq) != (self._epoch, self._seq + 1):
            self.book.hole(f"after {self._epoch}:{self._seq} came {epoch}:{seq}")
        self._epoch, self._seq = epoch, seq
