"""Slices of a recording: their numbers, and what a media type means to ffmpeg. Pure."""

from dataclasses import dataclass

from controlplane.kernel.errors import InvalidInput
from controlplane.protocol.microphone import NUMBER_BYTES


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
"""What the pipeline keeps of a source besides the half second that it begins with: three seconds in all."""


@dataclass(slots=True)
class Pace:
    """How far what was passed on is ahead of real time; after an interruption, much comes at once.

    At first, nothing may be ahead: the pipeline has yet to find the source.
    """

    slice_s: float
    lead_s: float = 0.0
    """The silence that the first slice begins with."""
    _ahead_s: float = AHEAD_S
    _at: float | None = None

    def wait_s(self, now: float) -> float:
        """Count a slice; return for how long it has to wait, in seconds."""
        is_first, passed_s = self._at is None, now - (now if self._at is None else self._at)
        self._ahead_s, self._at = max(0.0, self._ahead_s - passed_s), now
        wait_s = max(0.0, self._ahead_s - AHEAD_S)
        self._ahead_s += self.slice_s + (self.lead_s if is_first else 0.0)
        return wait_s


def numbered(message: bytes) -> tuple[int, bytes]:
    """Split a message into the slice's number and its bytes; raise InvalidInput if it has none."""
    if len(message) <= NUMBER_BYTES:
        raise InvalidInput("a slice is its number in four bytes, and what was recorded")
    return int.from_bytes(message[:NUMBER_BYTES], "big"), message[NUMBER_BYTES:]
