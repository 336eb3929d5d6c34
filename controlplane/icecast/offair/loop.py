"""Frames that are played in a loop, and when. Pure: times are seconds since the pacer's start."""

from dataclasses import dataclass

from controlplane.icecast.frames import HEADER_BYTES, KINDS
from controlplane.kernel.mounts import Format

LATE_S = 2.0
"""After a longer pause, as of a suspended machine, missed frames are skipped rather than sent in a burst."""


@dataclass(slots=True)
class Loop:
    """Frames of one kind, played in a loop."""

    frames: tuple[bytes, ...]
    frame_s: float
    _sent: int = 0

    def due(self, now_s: float) -> bytes:
        """Return the frames that are due and were not sent yet."""
        wanted = int(now_s / self.frame_s)
        self._sent = max(self._sent, wanted - int(LATE_S / self.frame_s))
        piece = b"".join(self.frames[number % len(self.frames)] for number in range(self._sent, wanted))
        self._sent = max(self._sent, wanted)
        return piece


def read(document: bytes, audio: Format) -> Loop:
    """Return the frames of an MP3 or ADTS file without tags; raise ValueError if it is not one."""
    samples, header = KINDS[audio]
    frames, at, rate_hz = list[bytes](), 0, 0
    while at + HEADER_BYTES <= len(document):
        size, rate_hz = header(document[at : at + HEADER_BYTES])
        if at + size > len(document):
            break
        frames.append(document[at : at + size])
        at += size
    if not frames:
        raise ValueError(f"there is no frame of {audio}")
    return Loop(tuple(frames), samples / rate_hz)
