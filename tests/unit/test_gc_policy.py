"""When everything is looked through for garbage."""

import gc
import time
import weakref

import pytest

from controlplane.runtime.gc_policy import CONNECTIONS_PER_COLLECTION, MAX_INTERVAL_S, GcPolicy


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def ring() -> "weakref.ref[Ring]":
    gc.collect()
    return weakref.ref(Ring())


def test_no_collection_runs_below_the_connection_threshold(ring: "weakref.ref[Ring]") -> None:
    GcPolicy().collect_if_due(CONNECTIONS_PER_COLLECTION - 1)
    assert ring() is not None


def test_a_collection_runs_once_per_connection_threshold(ring: "weakref.ref[Ring]") -> None:
    garbage = GcPolicy()
    garbage.collect_if_due(CONNECTIONS_PER_COLLECTION)
    assert ring() is None
    another = weakref.ref(Ring())
    garbage.collect_if_due(2 * CONNECTIONS_PER_COLLECTION - 1)
    assert another() is not None


def test_a_collection_runs_after_the_maximum_interval(
    ring: "weakref.ref[Ring]", monkeypatch: pytest.MonkeyPatch
) -> None:
    garbage = GcPolicy()
    later = time.monotonic() + MAX_INTERVAL_S
    monkeypatch.setattr("controlplane.runtime.gc_policy.time.monotonic", lambda: later)
    garbage.collect_if_due(0)
    assert ring() is None
