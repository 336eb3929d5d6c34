"""The timeline of a stream: from arrivals that are late by chance, when each frame was there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.sync.timeline import JUMP_S, SETTLE_S, SLEW, Timeline
from tests.support.arrivals import LATE_MS

FRAME_S = 1152 / 44100
BLOCK = 3
"""Frames that arrive together, as from Icecast at 128 kbit/s."""
START = 1_800_000_000.0


def play(timeline: Timeline, seconds: float, late_s: list[float], first: int = 0, began: float = START) -> int:
    """Let frames arrive, each block as late as the list says, round and round; return the number that follows."""
    for index, number in enumerate(range(first, first + round(seconds / FRAME_S), BLOCK)):
        at = began + (number + BLOCK) * FRAME_S + late_s[index % len(late_s)]
        assert timeline.arrived(number + BLOCK - 1, at)
    return first + (round(seconds / FRAME_S) // BLOCK + 1) * BLOCK


def time_of(timeline: Timeline, number: int) -> float:
    return timeline.t0 + number * FRAME_S


def test_the_earliest_arrivals_decide() -> None:
    timeline = Timeline(FRAME_S)
    play(timeline, 40, [0.0, 0.02, 0.15, 0.05])
    assert timeline.t0 == pytest.approx(START + FRAME_S, abs=0.001)


def test_nothing_is_told_of_the_first_seconds() -> None:
    timeline = Timeline(FRAME_S)
    timeline.arrived(0, START)
    assert not timeline.is_settled(START + SETTLE_S - 0.1)
    assert timeline.is_settled(START + SETTLE_S)


def test_the_burst_of_a_new_connection_is_old_audio() -> None:
    timeline = Timeline(FRAME_S)
    burst = 350
    for number in range(burst):
        timeline.arrived(number, START + number * 0.0001)
    play(timeline, 10, [0.0, 0.03], first=burst, began=START - burst * FRAME_S)
    assert time_of(timeline, burst) == pytest.approx(START + FRAME_S, abs=0.002)


def test_a_stall_of_the_reader_moves_nothing() -> None:
    timeline = Timeline(FRAME_S)
    number = play(timeline, 40, [0.0, 0.02])
    before = timeline.t0
    # Twelve seconds of audio are read at once, when they are over.
    resumed = START + number * FRAME_S + 12
    for late in range(number, number + round(12 / FRAME_S), BLOCK):
        assert timeline.arrived(late, resumed)
    assert timeline.t0 == pytest.approx(before, abs=0.001)


@given(st.lists(st.floats(0, 0.2), min_size=5, max_size=30), st.floats(-0.04, 0.04))
def test_once_told_it_is_never_moved_faster_than_can_be_heard(late_s: list[float], moved_s: float) -> None:
    timeline = Timeline(FRAME_S)
    number = play(timeline, SETTLE_S + 1, late_s)
    at = START + (number + BLOCK) * FRAME_S + max(late_s)
    timeline.arrived(number + BLOCK - 1, at)
    for index in range(200):
        before, before_at = timeline.t0, at
        at = max(at, START + moved_s + (number + BLOCK) * FRAME_S + late_s[index % len(late_s)])
        assert timeline.arrived(number + BLOCK - 1, at)
        assert abs(timeline.t0 - before) <= SLEW * (at - before_at) + 1e-6
        number += BLOCK


@pytest.mark.parametrize("moved_s", [-1.5 * JUMP_S, 1.5 * JUMP_S, 4.0])
def test_a_stream_that_was_moved_is_another_one(moved_s: float) -> None:
    timeline = Timeline(FRAME_S)
    number = play(timeline, 20, [0.0, 0.05])
    with pytest.raises(AssertionError):
        play(timeline, 8, [0.0, 0.05], first=number, began=START + moved_s)


@pytest.mark.parametrize("drift_ppm", [-100, 0, 100])
def test_a_day_of_drift_and_jitter_keeps_within_15_ms(drift_ppm: int) -> None:
    timeline = Timeline(FRAME_S)
    rate = 1 + drift_ppm * 1e-6
    errors = []
    for second in range(24 * 3600):
        number = round(second / FRAME_S)
        there_at = START + number * FRAME_S * rate
        timeline.arrived(number, there_at + LATE_MS[second % len(LATE_MS)] / 1000)
        errors.append(time_of(timeline, number) - there_at)
    assert max(map(abs, errors[60:])) < 0.015
