"""When a full garbage collection runs."""

import gc
import weakref

import pytest

from controlplane.runtime.gc_policy import CONNECTIONS_PER_COLLECTION, MAX_INTERVAL_S, GcPolicy
from tests.support.clock import ManualClock


class Cycle:
    """An object that refers to itself, so that only a collection frees it."""

    def __init__(self) -> None:
        self.reference = self


@pytest.fixture
def cycle() -> "weakref.ref[Cycle]":
    gc.collect()
    return weakref.ref(Cycle())


def test_no_collection_runs_below_the_connection_threshold(cycle: "weakref.ref[Cycle]") -> None:
    GcPolicy().collect_if_due(CONNECTIONS_PER_COLLECTION - 1)
    assert cycle() is not None


def test_a_collection_runs_once_per_connection_threshold(cycle: "weakref.ref[Cycle]") -> None:
    policy = GcPolicy()
    policy.collect_if_due(CONNECTIONS_PER_COLLECTION)
    assert cycle() is None
    another = weakref.ref(Cycle())
    policy.collect_if_due(2 * CONNECTIONS_PER_COLLECTION - 1)
    assert another() is not None


def test_a_collection_runs_after_the_maximum_interval(
    cycle: "weakref.ref[Cycle]",
) -> None:
    clock = ManualClock()
    policy = GcPolicy(clock)
    clock.advance(MAX_INTERVAL_S)
    policy.collect_if_due(0)
    assert cycle() is None
