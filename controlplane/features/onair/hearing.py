"""Answers about the mounts from the feature that listens to them, and its share of the heartbeats."""

from collections.abc import Callable
from dataclasses import dataclass

from controlplane.kernel.positions import AudioPosition
from controlplane.liquidsoap.parse import PipelineState
from controlplane.protocol.following import StreamHeartbeat


def _no_position(_slug: str, _state: PipelineState | None = None) -> AudioPosition | None:
    return None


@dataclass(frozen=True, slots=True)
class Hearing:
    """Answers of the feature that listens to the mounts; without it, nothing is known.

    `connections` returns how many of Icecast's listeners of a station are ours. `heard_at` returns where on a station's
    first mount that begins which a state of its pipeline says is heard, and `now_at` what is on that mount now; None
    where it is not known. `reported` take in a socket's report of how it plays: without a station where it plays none
    that it follows.
    """

    connections: Callable[[str], int] = lambda _slug: 0
    heard_at: Callable[[str, PipelineState], AudioPosition | None] = _no_position
    now_at: Callable[[str], AudioPosition | None] = _no_position
    reported: tuple[Callable[[str, StreamHeartbeat], None], ...] = ()
