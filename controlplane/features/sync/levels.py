"""Finds the frames of a pipeline again in the sound of a mount, by how loud each was. Pure."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil, sqrt
from statistics import StatisticsError, correlation

MIN_OVERLAP_S = 6.0
"""Less than that cannot be told from a chance likeness."""
COARSE_S, FINE_S = 0.01, 0.001
LEAD_IN_S = 0.1
"""The first of an MP3 stream that is cut anywhere is silent: its frames need the data of frames before the cut."""
NEAR_S = 0.08
"""The likeness falls off within two of the pipeline's frames."""
MIN_LIKENESS = 0.95
MIN_LEAD = 0.02
"""By so much, the likeness is to be over that of any other place: music that repeats is like itself."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded sound, as the sum of the squares of its samples up to each of them."""

    energy: Sequence[float]
    rate_hz: int

    @classmethod
    def of(cls, samples: bytes, channels: int, rate_hz: int) -> "Sound":
        """Take samples of 16 bits, interleaved."""
        values = array("h", samples[: len(samples) // (2 * channels) * 2 * channels])
        squares = [float(value * value) for value in values]
        per_moment = map(sum, zip(*(squares[channel::channels] for channel in range(channels)), strict=True))
        return cls([0.0, *accumulate(per_moment)], rate_hz)

    @property
    def length_s(self) -> float:
        """Its length in seconds."""
        return (len(self.energy) - 1) / self.rate_hz


def place(
    levels: Sequence[float], frame_s: float, sound: Sound, ahead_s: tuple[float, float] | None = None
) -> float | None:
    """Return where in a sound the first of the frames with these levels begins, in seconds; before its beginning, too.

    `ahead_s` says by how much the last of them may end after the sound does, at least and at most. None where it is
    nowhere, or could be in several places: in silence, in a tone, or in music that repeats within these bounds.
    """
    overlap = round(MIN_OVERLAP_S / frame_s)
    earliest, latest = -(len(levels) - overlap) * frame_s, sound.length_s - overlap * frame_s
    if ahead_s is not None:
        abreast = sound.length_s - len(levels) * frame_s
        earliest, latest = max(earliest, abreast + ahead_s[0]), min(latest, abreast + ahead_s[1])
    count = int((latest - earliest) / COARSE_S)
    places = (earliest + step * COARSE_S for step in range(count + 1))
    tried = {at: _likeness(levels, frame_s, sound, at) for at in places}
    if not tried:
        return None
    best = max(tried, key=tried.__getitem__)
    others = (likeness for at, likeness in tried.items() if abs(at - best) > NEAR_S)
    if tried[best] < MIN_LIKENESS or tried[best] - max(others, default=0.0) < MIN_LEAD:
        return None
    steps = round(COARSE_S / FINE_S)
    near = [best + step * FINE_S for step in range(-steps, steps + 1)]
    return max(near, key=lambda at: _likeness(levels, frame_s, sound, at))


def _likeness(levels: Sequence[float], frame_s: float, sound: Sound, at: float) -> float:
    """Return the correlation of levels and sound, from -1 to 1."""
    energy, rate = sound.energy, sound.rate_hz
    first = max(0, ceil((LEAD_IN_S - at) / frame_s))
    last = min(len(levels), int((sound.length_s - at) / frame_s))
    edges = [round((at + index * frame_s) * rate) for index in range(first, last + 1)]
    heard = [sqrt(max(0.0, energy[end] - energy[begin])) for begin, end in pairwise(edges)]
    try:
        return correlation(levels[first:last], heard)
    except StatisticsError:
        return 0.0  # one of the two does not vary
