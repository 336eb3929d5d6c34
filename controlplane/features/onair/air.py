"""Tells each pipeline which of its ingest mounts is on air, by a file that also holds while no daemon runs."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import orjson
import structlog

from controlplane.kernel.errors import Upstream
from controlplane.kernel.mounts import Slot
from controlplane.liquidsoap.client import PipelineClient
from controlplane.runtime.files import Account, write
from controlplane.runtime.paths import Paths

log = structlog.get_logger()

TRY_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Air:
    """The ingest mount that a pipeline is to play, None for none, and how long it may be silent, 0 for ever."""

    slot: Slot | None
    dead_air_s: int


@dataclass(slots=True)
class AirSwitch:
    """Brings each pipeline in line with what is wanted; what is wanted already is sent once."""

    paths: Paths
    account: Account | None
    _wanted: dict[str, Air] = field(default_factory=dict)
    _told: dict[str, Air] = field(default_factory=dict)
    _troubled: set[str] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def want(self, slug: str, air: Air) -> None:
        """Have a station's pipeline play this from now on."""
        if self._wanted.get(slug) != air:
            self._wanted[slug] = air
            self._woken.set()

    def reported(self, slug: str, slot: Slot | None) -> None:
        """Take note of what a pipeline says that it was told: one that started anew may know something older."""
        told = self._told.get(slug)
        if told is not None and told.slot != slot:
            del self._told[slug]
            self._woken.set()

    def forget(self, slug: str) -> None:
        """Let a station go."""
        self._wanted.pop(slug, None)
        self._told.pop(slug, None)
        self._troubled.discard(slug)

    async def run(self) -> None:
        """Tell pipelines until cancelled; one that is late holds up no other."""
        busy = set[str]()

        async def tell(slug: str) -> None:
            try:
                await self._tell(slug)
            finally:
                busy.discard(slug)

        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                for slug in [slug for slug, air in self._wanted.items() if self._told.get(slug) != air]:
                    if slug not in busy:
                        busy.add(slug)
                        group.create_task(tell(slug))
                with suppress(TimeoutError):
                    async with asyncio.timeout(TRY_AGAIN_S):
                        await self._woken.wait()

    async def _tell(self, slug: str) -> None:
        while (air := self._wanted.get(slug)) is not None and self._told.get(slug) != air:
            body = {"slot": air.slot or "", "dead_air_s": float(air.dead_air_s)}
            try:
                await asyncio.to_thread(write, self.paths.air(slug), orjson.dumps(body), self.account)
                await PipelineClient(self.paths.pipeline_socket(slug)).follow_air()
            except (Upstream, OSError) as error:
                if slug not in self._troubled:
                    log.warning("pipeline_not_switched", station=slug, slot=air.slot, reason=str(error))
                self._troubled.add(slug)
                return
            self._troubled.discard(slug)
            if slug in self._wanted:
                self._told[slug] = air
