"""One stream as its frames: numbered, with their checksums, and when each is on the mount. Pure but for `secrets`."""

import secrets
from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice
from zlib import crc32

from controlplane.features.sync.frames import FrameReader
from controlplane.features.sync.timeline import Timeline
from controlplane.icecast.frames import KINDS
from controlplane.kernel.mounts import Format
from controlplane.kernel.positions import AudioPosition

ANCHORS_S = 10.0
"""Checksums are told of the newest frames: more than a player gets at once in its burst."""
UNIQUE_S = 60.0
"""A checksum counts if no other frame of so long has the same."""
KEPT_S = 10.0
"""The frames themselves are kept for so long, to be decoded."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The newest frames by their CRC-32, from number `first` on; None where it is not unique."""

    epoch: str
    first: int
    checksums: tuple[int | None, ...]
    t0: float
    frame_s: float

    @property
    def last(self) -> int:
        """The number of the newest frame."""
        return self.first + len(self.checksums) - 1


class Stream:
    """A mount as one connection hears it. Another connection has another `epoch`, as has a stream that was moved."""

    def __init__(self, mount: str, audio: Format) -> None:
        self.mount = mount
        self.audio = audio
        self._reader = FrameReader(audio)
        self._samples = KINDS[audio][0]
        self._heard_at = 0.0
        self._timeline: Timeline | None = None
        self._number = 0
        self._begin(0)

    @property
    def frame_s(self) -> float:
        """The duration of a frame in seconds, 0 before the first one."""
        return self._timeline.frame_s if self._timeline is not None else 0.0

    def feed(self, piece: bytes, now: float) -> None:
        """Take in what came at `now`."""
        frames, self._heard_at = self._reader.feed(piece), now
        if not frames:
            return
        frame_s = self._samples / self._reader.rate_hz
        if self._timeline is None or self._timeline.frame_s != frame_s:
            self._begin(frame_s)
        for frame in frames:
            self._add(frame)
        if self._timeline is not None and not self._timeline.arrived(self._number - 1, now):
            # The frames go on, and so do their numbers.
            self.epoch, self._timeline = secrets.token_hex(6), Timeline(frame_s)

    @property
    def settled(self) -> Timeline | None:
        """The timeline; None until it can be told."""
        timeline = self._timeline
        return timeline if timeline is not None and timeline.is_settled(self._heard_at) else None

    def marks(self) -> Marks | None:
        """Return the newest frames' checksums; None until the timeline is settled."""
        timeline = self.settled
        if timeline is None:
            return None
        count = min(len(self._checksums), round(ANCHORS_S / timeline.frame_s))
        newest = [self._checksums[index] for index in range(len(self._checksums) - count, len(self._checksums))]
        unique = tuple(checksum if self._counts[checksum] == 1 else None for checksum in newest)
        return Marks(self.epoch, self._number - count, unique, timeline.t0, timeline.frame_s)

    def position(self, place_s: float) -> AudioPosition | None:
        """Return the place so many seconds into the timeline; None before its beginning, and until it is settled."""
        timeline = self.settled
        if timeline is None or place_s < 0:
            return None
        return AudioPosition(self.mount, self.epoch, int(place_s / timeline.frame_s), timeline.t0 + place_s)

    @property
    def kept_s(self) -> float:
        """How much of the stream is kept, in seconds."""
        return len(self._kept) * self.frame_s

    def newest(self, seconds: float) -> tuple[int, bytes]:
        """Return the newest seconds of what is kept, and the number of their first frame."""
        count = min(len(self._kept), round(seconds / self.frame_s)) if self.frame_s else 0
        frames = list(islice(self._kept, len(self._kept) - count, None))
        return self._number - count, b"".join(frames)

    def _begin(self, frame_s: float) -> None:
        self.epoch = secrets.token_hex(6)
        self._timeline = Timeline(frame_s) if frame_s else None
        self._number = 0
        self._checksums: deque[int] = deque()
        self._counts: Counter[int] = Counter()
        self._kept: deque[bytes] = deque(maxlen=round(KEPT_S / frame_s) if frame_s else 0)
        self._remembered = round(UNIQUE_S / frame_s) if frame_s else 0

    def _add(self, frame: bytes) -> None:
        checksum = crc32(frame)
        self._checksums.append(checksum)
        self._counts[checksum] += 1
        self._kept.append(frame)
        self._number += 1
        if len(self._checksums) > self._remembered:
            oldest = self._checksums.popleft()
            self._counts[oldest] -= 1
            if not self._counts[oldest]:
                del self._counts[oldest]
