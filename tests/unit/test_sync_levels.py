"""A pipeline's frames, found in the sound of a mount by how loud they are."""

import math
import random
from array import array
from collections.abc import Callable

import pytest

from controlplane.features.sync.levels import Sound, place

RATE_HZ = 8000
FRAME_S = 0.04
FRAME = round(FRAME_S * RATE_HZ)


def tune(seconds: float, seed: int = 1) -> list[int]:
    """Notes whose loudness nobody can foresee."""
    chance, samples = random.Random(seed), list[int]()
    while len(samples) < seconds * RATE_HZ:
        length, hertz, peak = chance.randint(700, 4000), chance.uniform(100, 900), chance.uniform(800, 12_000)
        samples += [round(peak * math.sin(2 * math.pi * hertz * n / RATE_HZ) * (1 - n / length)) for n in range(length)]
    return samples[: round(seconds * RATE_HZ)]


def levels(samples: list[int]) -> list[float]:
    frames = [samples[at : at + FRAME] for at in range(0, len(samples) - FRAME + 1, FRAME)]
    return [math.sqrt(sum(value * value for value in frame) / FRAME) / 32768 for frame in frames]


def sound(samples: list[int], change: Callable[[int], int] = lambda value: value) -> Sound:
    return Sound.of(array("h", [change(value) for value in samples for _ in range(2)]).tobytes(), 2, RATE_HZ)


@pytest.mark.parametrize("begins_s", [-2.5, -0.013, 0.0, 0.7412, 3.2])
def test_frames_are_found_within_two_milliseconds(begins_s: float) -> None:
    samples, chance = tune(24), random.Random(2)
    cut = round(5 * RATE_HZ)
    heard = sound(samples[cut:], lambda value: value // 2 + chance.randint(-40, 40))
    begin = cut + round(begins_s * RATE_HZ)
    found = place(levels(samples[begin : begin + 10 * RATE_HZ]), FRAME_S, heard)
    assert found == pytest.approx(begins_s, abs=0.002)


@pytest.mark.parametrize(
    "samples",
    [[0] * 16 * RATE_HZ, [round(9000 * math.sin(n)) for n in range(16 * RATE_HZ)], tune(2) * 8],
    ids=["silence", "a tone", "what repeats itself"],
)
def test_what_could_be_anywhere_is_nowhere(samples: list[int]) -> None:
    assert place(levels(samples[: 10 * RATE_HZ]), FRAME_S, sound(samples)) is None


@pytest.mark.parametrize("ahead_s", [-0.4, 0.15, 1.8])
def test_a_tune_that_repeats_itself_is_found_within_the_bounds_that_are_known(ahead_s: float) -> None:
    samples = tune(3, seed=6) * 8
    end = round((16 + ahead_s) * RATE_HZ)
    made, heard = samples[end - 12 * RATE_HZ : end], sound(samples[9 * RATE_HZ : 16 * RATE_HZ])
    found = place(levels(made), FRAME_S, heard, ahead_s=(-0.5, 2.0))
    assert found == pytest.approx(7 + ahead_s - 12, abs=0.002)


def test_a_stream_that_is_cut_anywhere_may_begin_in_silence() -> None:
    samples, silent = tune(24, seed=87), [0] * round(0.08 * RATE_HZ)
    heard = sound(silent + samples[9 * RATE_HZ + len(silent) : 16 * RATE_HZ])
    assert place(levels(samples[4 * RATE_HZ : 16 * RATE_HZ]), FRAME_S, heard) == pytest.approx(-5, abs=0.002)


def test_what_is_beyond_the_bounds_is_not_found() -> None:
    samples = tune(24)
    made, heard = levels(samples[7 * RATE_HZ : 19 * RATE_HZ]), sound(samples[9 * RATE_HZ : 16 * RATE_HZ])
    assert place(made, FRAME_S, heard, ahead_s=(-0.5, 2.0)) is None
    assert place(made, FRAME_S, heard, ahead_s=(-0.5, 4.0)) == pytest.approx(-2, abs=0.002)


def test_another_tune_is_not_taken_for_it() -> None:
    assert place(levels(tune(10)), FRAME_S, sound(tune(16, seed=3))) is None


def test_too_little_is_not_searched_for() -> None:
    assert place(levels(tune(2)), FRAME_S, sound(tune(2))) is None
