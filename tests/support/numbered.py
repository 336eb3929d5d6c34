"""A listener who numbers the frames of a mount as anchors say, and finds where in them a tone begins."""

import subprocess
import threading
import time
from typing import Any
from zlib import crc32

import httpx
import numpy as np

from controlplane.features.sync.frames import FrameReader
from tests.support.tones import Samples, begins_s, ends_s

RATE = 8000
FRAME_S = 1152 / 44100
AFTERWARDS_S = 3.0


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
        return begins_s(self._samples(), RATE, hertz) / FRAME_S

    def tone_ends(self, hertz: float) -> float:
        """Return at which of the frames a tone ends that was there from the beginning, as a number of frames."""
        return ends_s(self._samples(), RATE, hertz) / FRAME_S

    def _samples(self) -> Samples:
        command = ["ffmpeg", "-v", "error", "-f", "mp3", "-i", "pipe:0", "-ac", "1", "-ar", str(RATE)]
        decoded = subprocess.run(
            [*command, "-f", "s16le", "pipe:1"], input=b"".join(self.frames), capture_output=True, check=True
        ).stdout
        return np.frombuffer(decoded, dtype="<i2").astype(float)
