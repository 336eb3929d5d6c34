"""How far a pipeline's own count of its frames is from the numbers of the frames on its mounts, measured by ear.

The pipeline says of each change at which of its frames it was heard. How long that frame takes through the encoders and
through Icecast depends on the pipeline: each mount is decoded, and searched for how loud its last frames were.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from controlplane.features.sync.finding import find
from controlplane.features.sync.stream import Stream
from controlplane.features.sync.taps import Taps
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Upstream
from controlplane.liquidsoap.client import PipelineClient
from controlplane.liquidsoap.parse import PipelineLevels
from controlplane.runtime.paths import Paths

log = structlog.get_logger()

REPEAT_S = 300.0
RETRY_S, MAX_RETRY_S = 4.0, 30.0
"""Nothing is found in silence, or in a tone: it is searched for less and less often."""
ENOUGH_S, SEARCHED_S = 9.0, 7.0
"""So much of a mount has to be there, and so much is searched: a mount may begin with what is sent off air."""
AHEAD_S = (-0.5, 2.0)
"""By so much, a pipeline is ahead of what came of its mount: 0.07 to 0.19 s were measured, on a busy machine, too. That
is why music that repeats each bar is found, and not a bar away.
"""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A pipeline beside its mounts: its frame `k` is `k * frame_s + lags[mount]` seconds into the mount's timeline.

    True for this run of the pipeline, and for these epochs of the timelines.
    """

    instance: str
    frame_s: float
    epochs: Mapping[str, str]
    lags: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """A station's last search: in which epochs of its mounts, when another is due, and the pause if that one fails."""

    epochs: Mapping[str, str]
    due_at: float
    pause_s: float


@dataclass(slots=True)
class Alignments:
    """The alignment of each station's pipeline, as it was measured last."""

    taps: Taps
    paths: Paths
    clock: Clock
    _found: dict[str, Alignment] = field(default_factory=dict)
    _searches: dict[str, _Search] = field(default_factory=dict)
    _runs: dict[str, str] = field(default_factory=dict)
    """The run of each station's pipeline that was heard last, by its instance."""

    def of(self, slug: str) -> Alignment | None:
        """Return a station's alignment; None unless it is known for what is on its mounts now."""
        found = self._found.get(slug)
        return found if found is not None and found.epochs == _epochs(self.taps.streams(slug)) else None

    def check(self, slug: str, instance: str) -> None:
        """Take note of which run of a station's pipeline is heard."""
        found, run = self._found.get(slug), self._runs.setdefault(slug, instance)
        if run != instance or (found is not None and found.instance != instance):
            self.forget(slug)
            self._runs[slug] = instance

    def forget(self, slug: str) -> None:
        """Forget what was measured of a station."""
        self._found.pop(slug, None)
        self._searches.pop(slug, None)
        self._runs.pop(slug, None)

    async def measure(self) -> None:
        """Measure the pipelines that are due, one after the other."""
        for slug in self.taps.slugs():
            streams = self.taps.streams(slug)
            # Also where nothing was found: the pause was for what is no longer on the mounts.
            if slug in self._searches and self._searches[slug].epochs != _epochs(streams):
                self.forget(slug)
            last = self._searches.get(slug)
            is_heard = streams and all(stream.settled and stream.kept_s >= ENOUGH_S for stream in streams.values())
            if is_heard and (last is None or self.clock.monotonic_s() >= last.due_at):
                await self._measure(slug, streams, RETRY_S if last is None else last.pause_s)

    async def _measure(self, slug: str, streams: Mapping[str, Stream], pause_s: float) -> None:
        epochs, next_pause_s = _epochs(streams), min(2 * pause_s, MAX_RETRY_S)
        search = self._searches[slug] = _Search(epochs, self.clock.monotonic_s() + pause_s, next_pause_s)
        try:
            levels = await PipelineClient(self.paths.pipeline_socket(slug)).levels()
            missing_s = ENOUGH_S - len(levels.levels) * levels.frame_s
            if missing_s > 0:  # a new run: the mounts still have what was before it
                self._searches[slug] = _Search(epochs, self.clock.monotonic_s() + missing_s, RETRY_S)
                return
            lags = await _lags(levels, streams)
        except Upstream as error:
            log.info("pipeline_not_aligned", station=slug, reason=str(error))
            return
        if missing := sorted(streams.keys() - lags.keys()):
            log.info("pipeline_not_aligned", station=slug, reason=f"its frames are not found on {', '.join(missing)}")
        elif self._searches.get(slug) is search:  # and was not forgotten while it ran
            self._found[slug] = Alignment(levels.instance, levels.frame_s, epochs, lags)
            self._searches[slug] = _Search(epochs, self.clock.monotonic_s() + REPEAT_S, RETRY_S)
            log.info("pipeline_aligned", station=slug, lags={mount: round(lag, 3) for mount, lag in lags.items()})


def _epochs(streams: Mapping[str, Stream]) -> dict[str, str]:
    return {mount: stream.epoch for mount, stream in streams.items()}


async def _lags(levels: PipelineLevels, streams: Mapping[str, Stream]) -> dict[str, float]:
    """Return where on each stream the pipeline's frame 0 would be, in seconds, if its frames are found there."""
    # Of all mounts at once: the levels do not reach what comes during the first search.
    heard = [(mount, stream, stream.frame_s, *stream.newest(SEARCHED_S)) for mount, stream in streams.items()]
    lags = {}
    for mount, stream, frame_s, first, frames in heard:
        place = await find(levels, ["-f", stream.audio], frames, AHEAD_S)
        if place is not None:
            lags[mount] = first * frame_s + place - levels.first * levels.frame_s
    return lags
