"""When everything is looked through for garbage."""

import gc
import time
import weakref

import pytest

from controlplane.garbage import AT_LEAST_EVERY_S, ENDED, Garbage


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def ring() -> "weakref.ref[Ring]":
    gc.collect()
    return weakref.ref(Ring())


def test_nothing_is_looked_through_while_little_has_ended(ring: "weakref.ref[Ring]") -> None:
    Garbage().look(ENDED - 1)
    assert ring() is not None


def test_after_enough_connections_what_they_left_is_found_and_not_again_at_once(ring: "weakref.ref[Ring]") -> None:
    garbage = Garbage()
    garbage.look(ENDED)
    assert ring() is None
    another = weakref.ref(Ring())
    garbage.look(2 * ENDED - 1)
    assert another() is not None


def test_now_and_then_it_is_done_anyway(ring: "weakref.ref[Ring]", monkeypatch: pytest.MonkeyPatch) -> None:
    garbage = Garbage()
    later = time.monotonic() + AT_LEAST_EVERY_S
    monkeypatch.setattr("controlplane.garbage.time.monotonic", lambda: later)
    garbage.look(0)
    assert ring() is None
