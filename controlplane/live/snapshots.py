"""Snapshots: all that a client needs to know of a station on joining it, put together from the features' parts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from controlplane.kernel.clock import Clock
from controlplane.live.broker import Broker, LogId
from controlplane.protocol.base import Wire
from controlplane.protocol.snapshot import SnapshotPosition, snapshot_model


@dataclass(frozen=True, slots=True)
class SnapshotPart:
    """The fields of `model` in every snapshot, by slug.

    `make` is called again only when `version` is another one than before.
    """

    model: type[Wire]
    version: Callable[[str], object]
    make: Callable[[str], Wire]


@dataclass(slots=True)
class Snapshots:
    """Makes snapshots, and keeps each part's bytes: a returning crowd costs one encoding, not one a client."""

    broker: Broker
    clock: Clock
    model: type[SnapshotPosition] = SnapshotPosition
    """The whole snapshot, as it travels."""
    _parts: tuple[SnapshotPart, ...] = ()
    _encoded: dict[tuple[str, type[Wire]], tuple[object, bytes]] = field(default_factory=dict)

    def declare(self, parts: Iterable[SnapshotPart]) -> None:
        """Set what snapshots are made of; raise DeclarationError for two parts with the same field."""
        self._parts = tuple(parts)
        self.model = snapshot_model([part.model for part in self._parts])

    def of(self, slug: str, *, without: type[Wire] | None = None) -> bytes:
        """Return a station's snapshot as a JSON object, true after the newest event of its log.

        Some are not for everybody, and `without` a part.
        """
        position = self.broker.position(LogId(slug))
        own = SnapshotPosition(epoch=position.epoch, seq=position.seq, server_time=self.clock.steady_ms())
        fields = [self._part(part, slug) for part in self._parts if part.model is not without]
        return b"{" + b",".join([*filter(None, fields), own.encoded()[1:]])

    def part(self, slug: str, model: type[Wire]) -> bytes:
        """Return one part of a station's snapshot as a JSON object."""
        return b"{" + next(self._part(part, slug) for part in self._parts if part.model is model) + b"}"

    def forget(self, slug: str) -> None:
        """Drop what is kept of a station."""
        for part in self._parts:
            self._encoded.pop((slug, part.model), None)

    def _part(self, part: SnapshotPart, slug: str) -> bytes:
        """Return a part's fields as they stand between the braces."""
        version = part.version(slug)
        kept = self._encoded.get((slug, part.model))
        if kept is not None and kept[0] == version:
            return kept[1]
        fields = part.make(slug).encoded()[1:-1]
        self._encoded[slug, part.model] = version, fields
        return fields
