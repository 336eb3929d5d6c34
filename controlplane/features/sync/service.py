"""Sync: where each mount is, and where on it what a pipeline says is heard."""

from dataclasses import dataclass, field

import orjson

from controlplane.features.onair.read_model import ReadModel
from controlplane.features.sync.alignment import Alignments
from controlplane.features.sync.reports import Reports
from controlplane.features.sync.stream import Marks, Stream
from controlplane.features.sync.taps import Taps
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import NotFound, NotReady
from controlplane.kernel.mounts import burst_ms
from controlplane.kernel.positions import AudioPosition
from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap.parse import PipelineState
from controlplane.protocol.sync import Anchors, AudioPositionView

TARGET_S = 3.0
"""How long after it was on the mount a frame is heard."""
SPARE_S = 0.75
"""The burst that a new player is sent lasts for so much longer than that, at least."""
ANSWERED_FOR_S = 1.0
MAX_APART_S = 0.25
"""Encoders do not differ by more: what was measured is another place that sounds alike."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Anchors as they are sent: their JSON, and the tag of this version."""

    body: bytes
    tag: str
    made_at: float


@dataclass(slots=True)
class Sync:
    """The timelines of the stations' mounts. Nothing of it waits."""

    taps: Taps
    alignments: Alignments
    read_model: ReadModel
    reports: Reports
    mp3_burst_s: float
    clock: Clock
    _answers: dict[str, Answer] = field(default_factory=dict)

    async def take_on(self, row: StationRow) -> None:
        """Listen to a station from now on."""
        self.taps.add(row.slug)

    def let_go(self, slug: str) -> None:
        """Listen to a station no more."""
        for tap in self.taps.of(slug):
            self._answers.pop(tap.mount, None)
        self.taps.remove(slug)
        self.alignments.forget(slug)
        self.reports.forget(slug)

    def anchors(self, slug: str, mount: str | None) -> Answer:
        """Return a mount's anchors, those of the last second again.

        Raises NotFound for an unknown station or mount, and NotReady where nothing is known of what is on it.
        """
        self.read_model.require(slug)
        tap = next((each for each in self.taps.of(slug) if mount is None or each.mount == mount), None)
        if tap is None:
            known = " and ".join(each.mount for each in self.taps.of(slug))
            raise NotFound(f"the station has no such mount, but {known}")
        now, stream, answer = self.clock.steady_s(), tap.stream, self._answers.get(tap.mount)
        if answer is not None and stream is not None:
            is_new = now - answer.made_at < ANSWERED_FOR_S and answer.tag.startswith(stream.epoch)
            if is_new:
                return answer
        marks = stream.marks() if stream is not None else None
        if stream is None or marks is None:
            raise NotReady("the mount has not been heard for long enough")
        body = self._body(slug, stream, marks, now)
        answer = self._answers[tap.mount] = Answer(body, f"{marks.epoch}-{marks.last}", now)
        return answer

    def heard_at(self, slug: str, state: PipelineState) -> AudioPosition | None:
        """Return where on the first of its mounts what a pipeline says is heard begins; None if that is not known."""
        self.alignments.check(slug, state.instance)
        alignment = self.alignments.of(slug)
        if alignment is None or not state.heard_frame:
            return None
        stream = next(iter(self.taps.streams(slug).values()))
        return stream.position(state.heard_frame * alignment.frame_s + alignment.lags[stream.mount])

    def now_at(self, slug: str, lag_s: float = 0.0) -> AudioPosition | None:
        """Return what is on the first of a station's mounts, or was so many seconds ago; None if it is not known."""
        stream = next(iter(self.taps.streams(slug).values()), None)
        timeline = stream.settled if stream is not None else None
        if stream is None or timeline is None:
            return None
        return stream.position(self.clock.steady_s() - lag_s - timeline.t0)

    def heard_by(self, slug: str, lag_ms: int | None) -> AudioPositionView | None:
        """Return what somebody hears now, by how far behind the mount that is; None if it is not known."""
        return None if lag_ms is None else AudioPositionView.of(self.now_at(slug, lag_ms / 1000))

    def target_s(self, slug: str) -> float:
        """Return how long after it was on the mount a frame is to be heard: what a new player is sent lasts longer."""
        bitrate_kbps = self.read_model.require(slug).row.bitrate_kbps
        shortest_ms = min(burst_ms(tap.audio, bitrate_kbps, self.mp3_burst_s) for tap in self.taps.of(slug))
        return max(0.0, min(TARGET_S, shortest_ms / 1000 - SPARE_S))

    def _body(self, slug: str, stream: Stream, marks: Marks, now: float) -> bytes:
        anchors = Anchors(
            mount=stream.mount,
            stream_epoch=marks.epoch,
            n0=marks.first,
            crc=list(marks.checksums),
            t0=self._common_t0(slug, stream, marks),
            frame_s=marks.frame_s,
            target_s=self.target_s(slug),
            server_time=now,
        )
        return orjson.dumps(anchors.model_dump())

    def _common_t0(self, slug: str, stream: Stream, marks: Marks) -> float:
        """Return a mount's `t0` by which it is heard together with the first one: their encoders are not as fast."""
        alignment = self.alignments.of(slug)
        first = next(iter(self.taps.streams(slug).values()))
        of_first = first.settled
        if alignment is None or of_first is None:
            return marks.t0
        common = of_first.t0 + alignment.lags[first.mount] - alignment.lags[stream.mount]
        return common if abs(common - marks.t0) < MAX_APART_S else marks.t0
