"""Slices of a recording: their numbers, and what a media type means to ffmpeg. Pure."""

from dataclasses import dataclass

from controlplane.kernel.errors import InvalidInput
from controlplane.protocol.microphone import NUMBER_BYTES, TIME_BYTES


@dataclass(frozen=True, slots=True)
class Recording:
    """How ffmpeg reads a recording, and what it makes of it: Ogg, with the codec kept where that is Opus."""

    demuxer: str
    codec: tuple[str, ...]


KEPT = ("-c:a", "copy")
OPUS = ("-c:a", "libopus", "-b:a", "128k")
"""AAC in fragments of MP4, as older Safaris record it, takes the pipeline seconds longer to join as ADTS."""
RECORDINGS = {
    "audio/webm": Recording("webm", KEPT),
    "audio/ogg": Recording("ogg", KEPT),
    "audio/mp4": Recording("mp4", OPUS),
}


def recording(mime: str) -> Recording:
    """Return how a media type of MediaRecorder is read; raise InvalidInput if it cannot be."""
    media, _, parameters = mime.partition(";")
    found = RECORDINGS.get(media.strip().lower())
    if found is None:
        raise InvalidInput(f"{mime[:40]!r} cannot be broadcast: record audio/webm, audio/ogg or audio/mp4")
    if found.codec is KEPT and "opus" not in parameters.lower():
        return Recording(found.demuxer, OPUS)
    return found


AHEAD_S = 2.0
"""The pipeline buffers three seconds of a source, and begins with half a second of them."""
WRAPS_S = 2**32 / 1000
MAX_WAIT_S = 5.0
"""A slice is some hundred milliseconds: more means that one of the clocks was set, or stood still."""


@dataclass(slots=True)
class Pace:
    """When slices are passed on: after an interruption much comes at once, and is late from then on.

    `lead_s` is the silence that the first slice begins with. Nothing may be ahead while it lasts.
    """

    lead_s: float = 0.0
    _late_s: float | None = None
    """The greatest delay of a slice so far, by the two clocks. One that comes with it is heard at once."""

    def wait_s(self, recorded_s: float, now: float) -> float:
        """Return for how long a slice has to wait, by the times of its recording and its arrival, in seconds."""
        late_s = now - recorded_s
        if self._late_s is None:
            self._late_s = late_s + (self.lead_s + AHEAD_S if self.lead_s else 0.0)
            return 0.0
        # The client's clock begins anew after 49 days.
        late_s += WRAPS_S * round((self._late_s - late_s) / WRAPS_S)
        self._late_s = max(self._late_s, late_s)
        wait_s = max(0.0, self._late_s - late_s - AHEAD_S)
        if wait_s > MAX_WAIT_S:
            self._late_s, wait_s = late_s, 0.0
        return wait_s


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice: its number, what was recorded, and when by the client's clock, in seconds; None if it does not say."""

    number: int
    audio: bytes
    recorded_s: float | None = None


def parsed(message: bytes, *, timed: bool) -> Slice:
    """Return a message as a slice; raise InvalidInput if that cannot be."""
    head = NUMBER_BYTES + (TIME_BYTES if timed else 0)
    if len(message) <= head:
        raise InvalidInput("a slice is its number in four bytes, its time in four if it has one, and what was recorded")
    recorded_s = int.from_bytes(message[NUMBER_BYTES:head], "big") / 1000 if timed else None
    return Slice(int.from_bytes(message[:NUMBER_BYTES], "big"), message[head:], recorded_s)
