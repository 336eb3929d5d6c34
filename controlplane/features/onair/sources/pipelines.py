"""Watches the pipelines: callbacks are hints, the regular poll of each pipeline's socket is the truth.

A pipeline that runs and does not answer is restarted. A fault of one is a trouble of its station alone.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import structlog

from controlplane.access.admission import MAX_LAG_S
from controlplane.features.onair.hearing import Hearing
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sources.restarts import Restarts
from controlplane.features.onair.state import PipelineSeen, Playing
from controlplane.features.playout.service import Playout
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Upstream
from controlplane.kernel.mounts import Slot
from controlplane.kernel.plan import PlanItem
from controlplane.kernel.positions import AudioPosition
from controlplane.liquidsoap.client import Late, PipelineClient
from controlplane.liquidsoap.parse import EncoderLevel, PipelineState
from controlplane.runtime.metrics import Metrics
from controlplane.runtime.paths import Paths
from controlplane.supervisor.control import Supervisor

log = structlog.get_logger()

MAX_PARALLEL_POLLS = 20
TROUBLE_AFTER_S = 4.0
"""A pipeline that starts, or starts again, needs about that long before it answers."""
LATE_TIMEOUT_S = 1.0
"""For a pipeline that was late before."""


@dataclass(slots=True)
class PipelineWatch:
    """Keeps each pipeline's newest state; an older one that arrives late is ignored."""

    onair: OnAir
    playout: Playout
    paths: Paths
    supervisor: Supervisor
    metrics: Metrics
    clock: Clock
    hearing: Hearing = field(default_factory=Hearing)
    _seqs: dict[str, tuple[str, int]] = field(default_factory=dict)
    _levels: dict[str, tuple[EncoderLevel, ...]] = field(default_factory=dict)
    _answered_at: dict[str, float] = field(default_factory=dict)
    _late: dict[str, float] = field(default_factory=dict)
    """Pipelines that run and do not answer, with the time of the first poll that went unanswered."""
    _troubles: dict[str, str] = field(default_factory=dict)
    _restarts: Restarts = field(default_factory=Restarts)

    def take(self, slug: str, state: PipelineState) -> None:
        """Pass a state on to its station, unless a newer one came before."""
        instance, seq = self._seqs.get(slug, ("", -1))
        if instance == state.instance and state.seq <= seq:
            return
        self._seqs[slug] = (state.instance, state.seq)
        self._levels[slug] = state.encoders
        self.playout.seen(slug, state)
        self.onair.switch.reported(slug, state.wanted_slot)
        position = self.hearing.heard_at(slug, state)
        self.onair.observe(slug, seen(state, self.playout.item(slug, state.item), position))
        found = self.onair.get(slug)
        foreground = found[1].foreground if found is not None else None
        self.playout.keep_broadcast(slug, foreground.id if foreground is not None else "")

    def level(self, slug: str, slot: Slot) -> EncoderLevel | None:
        """Return how a source of a station sounds, as its pipeline said last; None if it said nothing yet."""
        return next((each for each in self._levels.get(slug, ()) if each.slot == slot), None)

    async def look_at(self, slugs: Iterable[str]) -> None:
        """Poll the pipelines of some stations now, but for those that are late."""
        await self._ask([slug for slug in slugs if slug not in self._late], LATE_TIMEOUT_S)

    def troubles(self) -> Mapping[str, str]:
        """Return the faults of stations' pipelines, by slug."""
        return {slug: self._troubles[slug] for slug in sorted(self._troubles)}

    async def poll(self) -> None:
        """Poll every pipeline once."""
        await self._ask(self.onair.slugs())
        for slug in self._answered_at.keys() - set(self.onair.slugs()):
            self._forget(slug)

    async def poll_late(self) -> None:
        """Poll the late ones again, and restart one of them if it has been late for too long."""
        await self._ask(tuple(self._late), LATE_TIMEOUT_S)
        if self.metrics.lag_s > MAX_LAG_S:
            return  # our own loop is late, not they
        slug = self._restarts.due(self._late, self.clock.monotonic_s())
        if slug is not None:
            silent_s = round(self.clock.monotonic_s() - self._late[slug])
            if await self.supervisor.kill_pipeline(slug):
                log.error("frozen_pipeline_killed", station=slug, silent_s=silent_s)
                message = f"The station's pipeline did not answer for {silent_s} seconds and is being restarted."
                self.onair.incident(slug, "pipeline_frozen", message)
            else:
                log.error("frozen_pipeline_not_killed", station=slug)

    async def _ask(self, slugs: Iterable[str], timeout_s: float | None = None) -> None:
        gate = asyncio.Semaphore(MAX_PARALLEL_POLLS)

        async def one(slug: str) -> None:
            async with gate:
                await self._poll(slug, timeout_s)

        await asyncio.gather(*(one(slug) for slug in slugs))

    async def _poll(self, slug: str, timeout_s: float | None) -> None:
        asked, problem, late = self.clock.monotonic_s(), "", False
        self._answered_at.setdefault(slug, asked)
        state = None
        client = PipelineClient(self.paths.pipeline_socket(slug))
        try:
            state = await client.status(timeout_s)
        except Upstream as error:
            # One that is not late is not there, and is being started; or it says what cannot be read.
            problem, late = str(error), isinstance(error, Late)
        if slug not in self._answered_at:
            return  # the station was removed meanwhile
        if state is not None:
            self._answers(slug)
            self.take(slug, state)
        elif late:
            self._late.setdefault(slug, asked)
            self._trouble(slug, problem)
        else:
            self._late.pop(slug, None)
            self._trouble(slug, problem)

    def _answers(self, slug: str) -> None:
        now = self.clock.monotonic_s()
        self._answered_at[slug] = now
        self._late.pop(slug, None)
        self._restarts.answered(slug, now)
        if self._troubles.pop(slug, None) is not None:
            self.metrics.pipeline_trouble.remove(slug)
            log.info("pipeline_recovered", station=slug)

    def _trouble(self, slug: str, reason: str) -> None:
        silent_s = self.clock.monotonic_s() - self._answered_at[slug]
        if slug not in self._troubles and silent_s >= TROUBLE_AFTER_S and self.onair.get(slug) is not None:
            log.warning("pipeline_unresponsive", station=slug, reason=reason)
            self.metrics.pipeline_trouble.labels(slug).set(1)
            self.onair.incident(slug, "pipeline_trouble", "The station's audio pipeline isn't responding.")
            self._troubles[slug] = reason

    def _forget(self, slug: str) -> None:
        del self._answered_at[slug]
        self._seqs.pop(slug, None)
        self._levels.pop(slug, None)
        self._late.pop(slug, None)
        self._restarts.forget(slug)
        if self._troubles.pop(slug, None) is not None:
            self.metrics.pipeline_trouble.remove(slug)


def seen(state: PipelineState, item: PlanItem | None, position: AudioPosition | None = None) -> PipelineSeen:
    """Return a pipeline's state as an observation of its station, with an item of its plan as the library has it.

    `position` is where that which is heard begins.
    """
    if item is None:
        names = state.title, state.artist, state.album
        heard = Playing(state.source, *names, item=state.item, slot=state.slot, duration_s=state.duration_s)
    else:
        track = item.track
        names = track.title, track.artist, track.album
        heard = Playing(
            state.source, *names, track.id, item.id, track.art, item.broadcast, duration_s=track.heard_ms / 1000
        )
    connected = [each for each in state.encoders if each.connected]
    heard = replace(heard, position=position)
    silent = frozenset(each.slot for each in connected if each.silent_s)
    return PipelineSeen(heard, frozenset(each.slot for each in connected), silent)
