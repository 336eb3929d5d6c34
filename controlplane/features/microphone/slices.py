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


def numbered(message: bytes) -> tuple[int, bytes]:
    """Split a message into the slice's number and its bytes; raise InvalidInput if it has none."""
    if len(message) <= NUMBER_BYTES:
        raise InvalidInput("a slice is its number in four bytes, and what was recorded")
    return int.from_bytes(message[:NUMBER_BYTES], "big"), message[NUMBER_BYTES:]
