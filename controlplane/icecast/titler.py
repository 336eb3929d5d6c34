"""The one author of titles on public mounts: sends the newest, and sends it again where Icecast lost it."""

import asyncio
import math
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from controlplane.icecast.client import IcecastClient, TitleRefused
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Upstream

log = structlog.get_logger()

RETRY_S = 1.0
SPACING_S = 1.0
"""Between two titles of a mount: of two within a second, Icecast can send its players neither (seen with 2.4.4)."""


@dataclass(slots=True)
class Titler:
    """Holds the title that each public mount should have. Only the newest is sent."""

    client: IcecastClient
    clock: Clock
    _wanted: dict[str, str] = field(default_factory=dict)
    _instances: dict[str, str] = field(default_factory=dict)
    _sent_at: dict[str, float] = field(default_factory=dict)
    _due: dict[str, None] = field(default_factory=dict)
    _work: asyncio.Event = field(default_factory=asyncio.Event)

    def want(self, mount: str, icy: str) -> None:
        """Make `icy` the title of a mount as soon as Icecast takes it."""
        self._wanted[mount] = icy
        self._send(mount)

    def forget(self, mount: str) -> None:
        """Forget a mount."""
        self._wanted.pop(mount, None)
        self._instances.pop(mount, None)
        self._sent_at.pop(mount, None)
        self._due.pop(mount, None)

    def expect(self, mount: str, icy: str) -> None:
        """Assume that a mount has the title `icy` already; a poll corrects that if it has not."""
        self._wanted[mount] = icy

    def arrived(self, mount: str, instance: str) -> None:
        """Record the source on a mount: one that replaced another begins without a title."""
        if self._instances.setdefault(mount, instance) != instance:
            self._instances[mount] = instance
            self._send(mount)

    def found(self, mount: str, icy: str, asked: float) -> None:
        """Compare the title that a poll, begun at `asked` (monotonic seconds), found with the one it should be."""
        if icy != self._wanted.get(mount) and asked > self._sent_at.get(mount, 0.0):
            self._send(mount)

    def _send(self, mount: str) -> None:
        if mount in self._wanted:
            self._due[mount] = None
            self._work.set()

    async def run(self) -> None:
        """Send titles until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._due:
                mount = min(self._due, key=self._free_at)
                if (wait_s := self._free_at(mount) - self.clock.monotonic_s()) > 0:
                    # Not longer than until another mount has a title to send.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(wait_s):
                            await self._work.wait()
                    self._work.clear()
                    continue
                del self._due[mount]
                if not await self._sent(mount):
                    self._due[mount] = None
                    await asyncio.sleep(RETRY_S)

    def _free_at(self, mount: str) -> float:
        return self._sent_at.get(mount, -SPACING_S) + SPACING_S

    async def _sent(self, mount: str) -> bool:
        icy = self._wanted.get(mount)
        if icy is None:
            return True
        # A poll that is asked for meanwhile may find the old title.
        self._sent_at[mount] = math.inf
        try:
            await self.client.set_title(mount, icy)
        except TitleRefused as error:
            # It will be asked for again when a source arrives there.
            log.debug("title_refused", mount=mount, reason=str(error))
        except Upstream as error:
            log.debug("title_not_sent", mount=mount, reason=str(error))
            return False
        finally:
            if mount in self._wanted:
                self._sent_at[mount] = self.clock.monotonic_s()
        return True
