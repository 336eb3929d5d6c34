"""Restarts of frozen pipelines: one at a time, with backoff."""

import itertools

from controlplane.features.onair.sources.restarts import FROZEN_S, MAX_BACKOFF_S, SETTLE_S, STEADY_S, Restarts


def test_a_pipeline_is_restarted_after_the_frozen_timeout() -> None:
    restarts = Restarts()
    assert restarts.due({"a": 100.0}, 100.0 + FROZEN_S - 0.1) is None
    assert restarts.due({"a": 100.0}, 100.0 + FROZEN_S) == "a"


def test_frozen_pipelines_are_restarted_one_at_a_time() -> None:
    restarts, frozen = Restarts(), dict.fromkeys("abc", 100.0)
    seconds = [100.0 + FROZEN_S + number for number in range(int(3 * SETTLE_S))]
    restarted = [(now, slug) for now in seconds if (slug := restarts.due(frozen, now)) is not None]
    assert [slug for _, slug in restarted] == ["a", "b", "c"]
    assert all(later - earlier >= SETTLE_S for (earlier, _), (later, _) in itertools.pairwise(restarted))


def test_the_next_restart_follows_once_the_last_one_answers() -> None:
    restarts = Restarts()
    assert restarts.due({"a": 0.0, "b": 0.0}, 100.0) == "a"
    restarts.answered("a", 102.0)
    assert restarts.due({"b": 0.0}, 102.5) == "b"


def test_repeated_freezes_back_off_exponentially() -> None:
    restarts = Restarts()
    times = [float(now) for now in range(20_000) if restarts.due({"a": 0.0}, float(now)) is not None]
    intervals = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert intervals[:3] == [SETTLE_S, 2 * SETTLE_S, 4 * SETTLE_S]
    assert max(intervals) == MAX_BACKOFF_S


def test_a_steady_pipeline_resets_the_backoff() -> None:
    restarts = Restarts()
    restarts.due({"a": 0.0}, 100.0)
    restarts.due({"a": 0.0}, 100.0 + SETTLE_S)
    restarts.answered("a", 100.0 + SETTLE_S + STEADY_S)
    assert restarts.due({"a": 190.0}, 200.0) == "a"
