"""MP3 frames and their timing. Pure: times are seconds since the pacer's start."""

from dataclasses import dataclass

SAMPLES = 1152
"""A frame of MPEG-1 Layer III (ISO/IEC 11172-3, 2.4.2)."""
BITRATES_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
RATES_HZ = (44100, 48000, 32000)
SYNC = (b"\xff\xfa", b"\xff\xfb")
"""The first two bytes of such a frame, with a checksum and without."""
HEADER_BYTES = 4
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


def read(document: bytes) -> Loop:
    """Return the frames of an MP3 without tags; raise ValueError if it is not one."""
    frames, at, rate_hz = list[bytes](), 0, 0
    while at + HEADER_BYTES <= len(document):
        size, rate_hz = _header(document[at : at + HEADER_BYTES])
        if at + size > len(document):
            break
        frames.append(document[at : at + size])
        at += size
    if not frames:
        raise ValueError("there is no MP3 frame")
    return Loop(tuple(frames), SAMPLES / rate_hz)


def _header(header: bytes) -> tuple[int, int]:
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 0b11
    if header[:2] not in SYNC or not 0 < bitrate < len(BITRATES_KBPS) or rate >= len(RATES_HZ):
        raise ValueError(f"not the header of an MPEG-1 Layer III frame: {header.hex()}")
    return 144_000 * BITRATES_KBPS[bitrate] // RATES_HZ[rate] + (header[2] >> 1 & 1), RATES_HZ[rate]
