"""What the pipelines say, brought to OnAir: their callbacks are hints, a regular look at their sockets the truth."""

import asyncio
from dataclasses import dataclass, field

import structlog

from controlplane.errors import Upstream
from controlplane.liquidsoap.client import PipelineClient
from controlplane.liquidsoap.parse import PipelineState
from controlplane.onair.service import OnAir
from controlplane.paths import Paths

log = structlog.get_logger()

AT_ONCE = 20


@dataclass(slots=True)
class PipelineWatch:
    """Keeps each pipeline's newest state; an older one that comes late is passed over."""

    onair: OnAir
    paths: Paths
    _seqs: dict[str, tuple[str, int]] = field(default_factory=dict)
    _silent: set[str] = field(default_factory=set)

    def take(self, slug: str, state: PipelineState) -> None:
        """Bring a state to its station, unless a newer one came before."""
        instance, seq = self._seqs.get(slug, ("", -1))
        if instance == state.instance and state.seq <= seq:
            return
        self._seqs[slug] = (state.instance, state.seq)
        self.onair.observe(slug, state.seen)

    def missing(self) -> set[str]:
        """Return the stations whose pipeline did not answer last time."""
        return self._silent & set(self.onair.slugs())

    async def poll(self) -> None:
        """Ask every pipeline once."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(slug: str) -> None:
            async with gate:
                await self._poll(slug)

        await asyncio.gather(*(one(slug) for slug in self.onair.slugs()))

    async def _poll(self, slug: str) -> None:
        try:
            state = await PipelineClient(self.paths.pipeline_socket(slug)).status()
        except Upstream as error:
            if slug not in self._silent:
                log.info("pipeline silent", station=slug, reason=str(error))
            self._silent.add(slug)
            return
        self._silent.discard(slug)
        self.take(slug, state)
