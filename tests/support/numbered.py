"""A listener who numbers the frames of a mount as anchors say, and finds where in them a tone begins."""

import subprocess
import threading
import time
from typing import Any
from zlib import crc32

import httpx
import numpy as np

from controlplane.features.sync.frames import FrameReader

RATE = 8000
AFTERWARDS_S = 3.0
STEP = 80
"""Ten milliseconds."""
FULL_SHARE = 0.02
"""A tone begins where it has so much of the amplitude that it comes to."""


class NumberedStream:
    """Frames of a mount since it was asked for."""

    def __init__(self, mount_url: str) -> None:
        self.url = mount_url
        self.frames: list[bytes] = []

    def read(self, is_told: threading.Event) -> None:
        """Read until something is told, and for some seconds after that."""
        reader, until = FrameReader("mp3"), float("inf")
        with httpx.stream("GET", self.url, timeout=10) as answer:
            for piece in answer.iter_raw():
                self.frames += reader.feed(piece)
                until = min(until, time.monotonic() + AFTERWARDS_S if is_told.is_set() else until)
                if time.monotonic() > until:
                    return

    def first_number(self, anchors: dict[str, Any]) -> int:
        """Return the number of the first frame; raise AssertionError unless all that are known say the same."""
        places = {crc32(frame): index for index, frame in enumerate(self.frames)}
        known = enumerate(anchors["crc"], anchors["n0"])
        firsts = {number - places[crc] for number, crc in known if crc in places}
        assert len(firsts) == 1, firsts
        return firsts.pop()

    def tone_begins(self, hertz: float) -> float:
        """Return at which of the frames a tone begins that goes on to the end, as a number of frames."""
        amplitudes = self._amplitudes(hertz)
        quiet = np.flatnonzero(amplitudes < FULL_SHARE * np.median(amplitudes[-100:]))
        return _in_frames(quiet[-1] + 1)

    def tone_ends(self, hertz: float) -> float:
        """Return at which of the frames a tone ends that was there from the beginning, as a number of frames."""
        amplitudes = self._amplitudes(hertz)
        loud = np.flatnonzero(amplitudes > FULL_SHARE * np.median(amplitudes[:100]))
        return _in_frames(loud[-1] + 1)

    def _amplitudes(self, hertz: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        command = ["ffmpeg", "-v", "error", "-f", "mp3", "-i", "pipe:0", "-ac", "1", "-ar", str(RATE)]
        decoded = subprocess.run(
            [*command, "-f", "s16le", "pipe:1"], input=b"".join(self.frames), capture_output=True, check=True
        ).stdout
        samples = np.frombuffer(decoded, dtype="<i2").astype(float)
        steps = samples[: len(samples) // STEP * STEP].reshape(-1, STEP)
        turning = np.exp(-2j * np.pi * hertz * np.arange(STEP) / RATE) * np.hanning(STEP)
        amplitudes: np.ndarray[tuple[int], np.dtype[np.float64]] = np.abs(steps @ turning)
        return amplitudes


def _in_frames(step: np.int64) -> float:
    return float(step * STEP / RATE / (1152 / 44100))
