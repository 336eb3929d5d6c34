"""A Socket.IO client that records every event with its time of arrival, and can wait for one."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import socketio

from tests.support import asyncapi, loopback

Event = dict[str, Any]
ORDERED = frozenset({"stream:started", "stream:stopped", "stream:metadata"})


def _label(name: str, body: Event) -> str:
    return f"{name} {body.get('kind') or body.get('reason') or ''}".strip()


@dataclass
class Watcher:
    """A connected client. Times are of the monotonic clock."""

    client: socketio.AsyncClient
    events: list[tuple[float, str, Event]] = field(default_factory=list)
    snapshot: Event = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """How events differ from the reference."""
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @classmethod
    async def open(cls, url: str, station: str | None = "awaz", token: str | None = None) -> "Watcher":
        """Connect, as a guest unless a token is given, and join the station unless it is None."""
        if token is None:
            async with loopback.AsyncClient() as http:
                answer = await http.post(f"{url}/api/v1/auth/guest", json={})
                token = answer.json()["access_token"]
        watcher = cls(socketio.AsyncClient(reconnection=False, reconnection_attempts=5))
        watcher.client.on("*", watcher._receive)
        # A daemon whose loop is late refuses connections for a moment, and any client comes again.
        await watcher.client.connect(url, auth={"token": token}, transports=["websocket"], wait_timeout=10, retry=True)
        if station is not None:
            watcher.snapshot = (await watcher.call("stream:join", {"station": station}))["snapshot"]
        return watcher

    async def _receive(self, name: str, body: Event) -> None:
        self.problems += asyncapi.problems(name, body)
        async with self._changed:
            self.events.append((time.monotonic(), name, body))
            self._changed.notify_all()

    async def call(self, name: str, body: Event) -> Event:
        """Send an event and return its ack."""
        answer: Event = await self.client.call(name, body, timeout=10)
        return answer

    async def wait_for(
        self, name: str, when: Callable[[Event], bool] = lambda _event: True, within_s: float = 15.0, since: int = 0
    ) -> Event:
        """Wait for a matching event, from number `since` on."""
        return (await self.wait_for_timed(name, when, within_s, since))[1]

    async def wait_for_timed(
        self, name: str, when: Callable[[Event], bool] = lambda _event: True, within_s: float = 15.0, since: int = 0
    ) -> tuple[float, Event]:
        """Wait for a matching event; return it with its time of arrival."""
        deadline = time.monotonic() + within_s
        async with self._changed:
            while True:
                for at, came, body in self.events[since:]:
                    if came == name and when(body):
                        return at, body
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"no matching {name} within {within_s} s; there were {self.names(since)}")
                try:
                    await asyncio.wait_for(self._changed.wait(), left)
                except TimeoutError:
                    continue

    def names(self, since: int = 0) -> list[str]:
        """List the labels of the ordered events received."""
        return [_label(name, body) for _, name, body in self.events[since:] if name in ORDERED]

    def mark(self) -> int:
        """Return the number of the next event."""
        return len(self.events)

    async def close(self) -> None:
        """Disconnect."""
        await self.client.disconnect()
