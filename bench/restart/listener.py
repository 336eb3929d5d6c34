"""A listener that reconnects like the client library, and checks that no event is lost silently."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from bench.connect.clients import upgrade_request
from bench.restart.connection import Connection

STATION = "awaz"
ORDERED = frozenset({"stream:started", "stream:stopped", "stream:metadata"})
BACKOFF_BASE_S, BACKOFF_MAX_S = 1.0, 30.0
MAX_RETRY_AFTER_S = 60.0
CONNECT_WITHIN_S = 15.0
REJOIN_DELAY_S = 1.0
EXAMPLES = 5


@dataclass
class Record:
    """A record of what the listeners of one process experienced."""

    back: dict[int, float] = field(default_factory=dict)
    """When each listener first joined again, by CLOCK_MONOTONIC."""
    recovered: int = 0
    reset: int = 0
    rejoined: int = 0
    """Joins of listeners that had joined before."""
    refused: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    waits: list[float] = field(default_factory=list)
    joins: int = 0
    """Answered joins of listeners that join repeatedly."""
    losses: int = 0
    duplicates: int = 0
    examples: list[str] = field(default_factory=list)

    def add_loss(self, text: str) -> None:
        """Record a silent loss."""
        self.losses += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(text)


@dataclass(frozen=True)
class Event:
    """The parts of an event that matter here."""

    name: str
    epoch: str
    seq: int
    wait_s: float


@lru_cache(maxsize=1024)
def parse_event(text: bytes) -> Event:
    """Parse an event, once for all listeners: a room's frames are the same bytes."""
    name, body = orjson.loads(text[2:])
    wait_s = min(max(body.get("retry_after_ms", 0), 0) / 1000, MAX_RETRY_AFTER_S)
    return Event(name, body.get("epoch", ""), body.get("seq", 0), wait_s)


class Listener:
    """A client of one station; `record` may be replaced at any time."""

    def __init__(self, number: int, port: int, token: str, address: str, record: Record) -> None:
        self.number, self.record = number, record
        self.joined = False
        self.behind: bool | None = None
        """Whether the last heartbeat's answer named events that never came; None before the answer."""
        self._port, self._token, self._request = port, token, upgrade_request(port, address)
        self._loop = asyncio.get_running_loop()
        self._connection: Connection | None = None
        self._timeout: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None
        self._attempt, self._is_connected, self._wait_s = 0, False, 0.0
        self._epoch: str | None = None
        self._seq = self._received_seq = 0
        self._early: list[Event] | None = None
        self._join_until = 0.0

    def join_until(self, until: float) -> None:
        """Join as soon as each join is answered, until a time of CLOCK_MONOTONIC."""
        self._join_until = until
        self._join()

    def connect(self) -> None:
        """Connect, and keep trying."""
        self._is_connected, self._wait_s, self._received_seq = False, 0.0, 0
        self.record.attempts += 1
        self._opening = self._loop.create_task(self._open())

    def heartbeat(self) -> None:
        """Ask for the newest position."""
        self.behind = None
        self._send('422["stream:heartbeat",{"t":1}]')

    async def _open(self) -> None:
        connection = self._connection = Connection(self._request, self._on_text, self._on_close)
        self._timeout = self._loop.call_later(CONNECT_WITHIN_S, self._timed_out)
        try:
            await self._loop.create_connection(lambda: connection, "127.0.0.1", self._port)
        except OSError:
            self.record.refused["unreachable"] += 1
            self._cancel_timeout()
            self._retry_later()

    def _timed_out(self) -> None:
        self.record.refused["no answer"] += 1
        if self._connection is not None:
            self._connection.abort()

    def _on_close(self, status: str) -> None:
        if status:
            self.record.refused[status] += 1
        elif not self._is_connected:
            self.record.refused["closed"] += 1
        self._cancel_timeout()
        self._connection, self.joined, self._early = None, False, None
        self._retry_later()

    def _retry_later(self) -> None:
        delay = self._wait_s + random.random() * min(BACKOFF_MAX_S, BACKOFF_BASE_S * 2 ** min(self._attempt, 30))
        self._attempt += 1
        self._loop.call_later(delay, self.connect)

    def _cancel_timeout(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()

    def _send(self, text: str) -> None:
        if self._connection is not None:
            self._connection.send(text)

    def _on_text(self, text: bytes) -> None:
        kind = text[:2]
        if kind == b"42":
            self._event(parse_event(text))
        elif kind == b"43":
            self._answer(text[2:3], text[3:])
        elif text == b"2":
            self._send("3")
        elif kind == b"40":
            self._connected()
        elif kind == b"44":
            self._refused(orjson.loads(text[2:]).get("data", {}))
        elif kind[:1] == b"0":
            self._send("40" + orjson.dumps({"token": self._token}).decode())

    def _connected(self) -> None:
        self._cancel_timeout()
        self._is_connected, self._attempt = True, 0
        self._join()

    def _refused(self, error: dict[str, Any]) -> None:
        self.record.refused[f"CONNECT: {error.get('code')}"] += 1
        # The only refusal whose retry_after is visible to a page.
        self._wait_s, self._is_connected = error.get("retry_after", 0.0), True
        if self._connection is not None:
            self._connection.abort()

    def _join(self) -> None:
        self._early = []
        seen = {} if self._epoch is None else {"epoch": self._epoch, "last_seq": self._seq}
        self._send("421" + orjson.dumps(["stream:join", {"station": STATION, **seen}]).decode())

    def _answer(self, number: bytes, body: bytes) -> None:
        answer = orjson.loads(body)[0]
        if number == b"2":
            self.behind = not answer["ok"] or answer["seqs"].get(STATION, -1) != self._seq
        elif answer["ok"]:
            self._joined(answer)
        else:
            self.record.refused[f"join: {answer['error']['code']}"] += 1
            self._loop.call_later(REJOIN_DELAY_S, self._join)

    def _joined(self, answer: dict[str, Any]) -> None:
        snapshot = answer["snapshot"]
        self._record_join(recovered=answer["recovered"])
        if answer["recovered"]:
            for entry in answer["missed"]:
                self._advance(entry["data"]["epoch"], entry["data"]["seq"])
            if (self._epoch, self._seq) != (snapshot["epoch"], snapshot["seq"]):
                self.record.add_loss(f"the snapshot is at {snapshot['seq']}, but the last event was {self._seq}")
        self._epoch, self._seq = snapshot["epoch"], snapshot["seq"]
        early, self._early = self._early or [], None
        for event in early:
            self._receive(event)
        if time.monotonic() < self._join_until:
            self.record.joins += 1
            self._join()

    def _record_join(self, *, recovered: bool) -> None:
        self.joined = True
        if self.number in self.record.back:
            self.record.rejoined += 1
            return
        self.record.back[self.number] = time.monotonic()
        self.record.recovered += recovered
        self.record.reset += not recovered

    def _event(self, event: Event) -> None:
        if event.name in ORDERED:
            if self._early is None:
                self._receive(event)
            else:
                self._early.append(event)
        elif event.name == "server:going_away":
            self._wait_s = event.wait_s
            self.record.waits.append(event.wait_s)

    def _receive(self, event: Event) -> None:
        # Events covered by the snapshot may still arrive, but none twice on one connection.
        self.record.duplicates += event.seq <= self._received_seq
        self._received_seq = event.seq
        if event.epoch != self._epoch or event.seq > self._seq:
            self._advance(event.epoch, event.seq)

    def _advance(self, epoch: str, seq: int) -> None:
        if (epoch, seq) != (self._epoch, self._seq + 1):
            self.record.add_loss(f"after {self._epoch}:{self._seq} came {epoch}:{seq}")
        self._epoch, self._seq = epoch, seq
