"""A place in what listeners are sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudioPosition:
    """The frame number `frame` of a mount's timeline `epoch`, which was on the mount at `at` (unix seconds)."""

    mount: str
    epoch: str
    frame: int
    at: float
