"""How long the sound of a live source takes to the mount, measured by ear.

The pipeline's last frames are searched for in what the source has sent: so it is known when they came in. The alignment
says when they came out.
"""

from dataclasses import dataclass, field

import structlog

from controlplane.features.onair.read_model import ReadModel
from controlplane.features.sync.alignment import Alignments
from controlplane.features.sync.finding import find
from controlplane.features.sync.source_sound import PCM, listen
from controlplane.features.sync.taps import Taps
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Upstream
from controlplane.kernel.mounts import Slot, preview_mount
from controlplane.liquidsoap.client import PipelineClient
from controlplane.runtime.paths import Paths

log = structlog.get_logger()

LISTEN_S = 12.0
"""Enough for a search, with what the pipeline has not played yet."""
REPEAT_S = 120.0
RETRY_S, MAX_RETRY_S = 15.0, 240.0
"""Nothing is found in a tone, or behind a strong compressor: it is searched for less and less often."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How long a source takes to the mount, as long as a broadcast and this run of the pipeline last."""

    broadcast_id: str
    instance: str
    slot: Slot
    delay_s: float


@dataclass(frozen=True, slots=True)
class _Due:
    """The broadcast that was measured last, when it is due again, and after how long if nothing is found then."""

    broadcast_id: str = ""
    at: float = 0.0
    retry_s: float = RETRY_S


@dataclass(slots=True)
class Chains:
    """The chains of the stations that are live, as they were measured last. `icecast` is its origin."""

    read_model: ReadModel
    taps: Taps
    alignments: Alignments
    paths: Paths
    icecast: str
    mount_secret: str
    clock: Clock
    _found: dict[str, Chain] = field(default_factory=dict)
    _due: dict[str, "_Due"] = field(default_factory=dict)

    def of(self, slug: str) -> Chain | None:
        """Return a station's chain; None while it is not live, or if it is not known."""
        found, alignment = self._found.get(slug), self.alignments.of(slug)
        if found is None or alignment is None:
            return None
        return found if (found.broadcast_id, found.instance) == (self._live(slug), alignment.instance) else None

    async def measure(self) -> None:
        """Measure the stations that are due, one after the other."""
        slugs = self.taps.slugs()
        self._found = {slug: found for slug, found in self._found.items() if slug in slugs}
        self._due = {slug: due for slug, due in self._due.items() if slug in slugs}
        for slug in slugs:
            if self._is_due(slug):
                await self._measure(slug)

    def _live(self, slug: str) -> str:
        """Return the id of the broadcast of a station that is live, and else an empty one."""
        known = self.read_model.get(slug)
        broadcast = known.broadcast if known is not None else None
        return broadcast.id if broadcast is not None and broadcast.kind == "live" else ""

    def _is_due(self, slug: str) -> bool:
        live, due = self._live(slug), self._due.get(slug, _Due())
        if not live or self.alignments.of(slug) is None:
            return False
        return live != due.broadcast_id or self.clock.monotonic_s() >= due.at

    async def _measure(self, slug: str) -> None:
        live, now, before = self._live(slug), self.clock.monotonic_s(), self._due.get(slug, _Due())
        pause_s = before.retry_s if live == before.broadcast_id else RETRY_S
        self._due[slug] = _Due(live, now + pause_s, min(2 * pause_s, MAX_RETRY_S))
        try:
            found = await self._chain(slug, live)
        except Upstream as error:
            log.info("source_not_measured", station=slug, reason=str(error))
            return
        if found is not None:
            self._found[slug] = found
            self._due[slug] = _Due(live, now + REPEAT_S)
            log.info("source_measured", station=slug, delay_s=round(found.delay_s, 3))

    async def _chain(self, slug: str, live: str) -> Chain | None:
        pipeline = PipelineClient(self.paths.pipeline_socket(slug))
        slot = (await pipeline.status()).slot
        if slot is None:
            return None
        address = self.icecast + preview_mount(self.mount_secret, slug, slot)
        sound = await listen(address, LISTEN_S, self.clock.steady_s())
        levels = await pipeline.levels()
        place = await find(levels, PCM, sound.audio)
        alignment, stream = self.alignments.of(slug), next(iter(self.taps.streams(slug).values()), None)
        timeline = stream.settled if stream is not None else None
        if place is None or alignment is None or stream is None or timeline is None:
            return None
        if levels.instance != alignment.instance:  # the pipeline was started again meanwhile
            return None
        came_in = sound.began + place
        came_out = timeline.t0 + levels.first * levels.frame_s + alignment.lags[stream.mount]
        return Chain(live, levels.instance, slot, came_out - came_in)
