"""Snapshots: a station's position, and the fields that features add."""

from collections import Counter
from collections.abc import Iterable

from pydantic import create_model

from controlplane.protocol.base import DeclarationError, Wire
from controlplane.protocol.types import Epoch, Seq, UnixMs


class SnapshotPosition(Wire):
    """Where in its log a station is."""

    epoch: Epoch
    """The unbroken run of the station's log."""
    seq: Seq
    """The seq of its newest event."""
    server_time: UnixMs
    """The server's clock, in unix milliseconds."""


def snapshot_model(parts: Iterable[type[Wire]]) -> type[SnapshotPosition]:
    """Return the model of snapshots with these parts; raise DeclarationError for a field that two of them have."""
    parts = [*parts, SnapshotPosition]
    counted = Counter(name for part in parts for name in part.model_fields)
    twice = [name for name, count in counted.items() if count > 1]
    if twice:
        raise DeclarationError(f"more than one part of the snapshot has the field {', '.join(twice)}")
    text = "Everything that a client needs when it joins a station, true after `seq` of `epoch`."
    return create_model("Snapshot", __base__=tuple(parts), __doc__=text)  # type: ignore[arg-type]  # one of them is a position
