"""Which frozen pipeline is restarted, and when."""

import itertools

from controlplane.liquidsoap.restarts import BACKOFF_MOST_S, FROZEN_S, SETTLE_S, STEADY_S, Restarts


def test_a_pipeline_that_has_not_answered_for_long_enough_is_restarted() -> None:
    restarts = Restarts()
    assert restarts.due({"a": 100.0}, 100.0 + FROZEN_S - 0.1) is None
    assert restarts.due({"a": 100.0}, 100.0 + FROZEN_S) == "a"


def test_when_all_are_late_they_are_restarted_one_at_a_time_and_each_once() -> None:
    restarts, late = Restarts(), dict.fromkeys("abc", 100.0)
    seconds = [100.0 + FROZEN_S + number for number in range(int(3 * SETTLE_S))]
    restarted = [(now, slug) for now in seconds if (slug := restarts.due(late, now)) is not None]
    assert [slug for _, slug in restarted] == ["a", "b", "c"]
    assert all(later - earlier >= SETTLE_S for (earlier, _), (later, _) in itertools.pairwise(restarted))


def test_the_next_one_need_not_wait_once_the_restarted_one_answers() -> None:
    restarts = Restarts()
    assert restarts.due({"a": 0.0, "b": 0.0}, 100.0) == "a"
    restarts.answered("a", 102.0)
    assert restarts.due({"b": 0.0}, 102.5) == "b"


def test_one_that_freezes_again_and_again_is_restarted_ever_more_rarely() -> None:
    restarts = Restarts()
    times = [float(now) for now in range(20_000) if restarts.due({"a": 0.0}, float(now)) is not None]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses[:3] == [SETTLE_S, 2 * SETTLE_S, 4 * SETTLE_S]
    assert max(pauses) == BACKOFF_MOST_S


def test_one_that_answered_for_long_is_restarted_at_once_again() -> None:
    restarts = Restarts()
    restarts.due({"a": 0.0}, 100.0)
    restarts.due({"a": 0.0}, 100.0 + SETTLE_S)
    restarts.answered("a", 100.0 + SETTLE_S + STEADY_S)
    assert restarts.due({"a": 190.0}, 200.0) == "a"
