"""Where in a sound a tone is."""

import numpy as np

STEP_S = 0.01
FULL_SHARE = 0.02
"""A tone begins where it has so much of the amplitude that it comes to."""
PAUSE_STEPS = 50
"""A tone that is missing for less goes on: the sound of a busy machine has gaps."""
ENDING_SHARE = 0.2
"""And ends after it had so much of it: what follows may have a little of it, too."""

Samples = np.ndarray[tuple[int], np.dtype[np.float64]]


def amplitudes(samples: Samples, rate_hz: int, hertz: float) -> Samples:
    """Return how loud a tone is in each step of a hundredth of a second."""
    step = round(STEP_S * rate_hz)
    steps = samples[: len(samples) // step * step].reshape(-1, step)
    turning = np.exp(-2j * np.pi * hertz * np.arange(step) / rate_hz) * np.hanning(step)
    found: Samples = np.abs(steps @ turning)
    return found


def begins_s(samples: Samples, rate_hz: int, hertz: float) -> float:
    """Return when a tone begins that goes on to the end, in seconds."""
    loud = amplitudes(samples, rate_hz, hertz)
    is_quiet = loud < FULL_SHARE * np.median(loud[-100:])
    pauses = np.convolve(is_quiet, np.ones(PAUSE_STEPS), mode="valid") == PAUSE_STEPS
    return float(np.flatnonzero(pauses)[-1] + PAUSE_STEPS) * STEP_S


def ends_s(samples: Samples, rate_hz: int, hertz: float) -> float:
    """Return when a tone ends that was there from the beginning, in seconds."""
    loud = amplitudes(samples, rate_hz, hertz)
    return float(np.flatnonzero(loud > ENDING_SHARE * np.median(loud[:100]))[-1] + 1) * STEP_S
