"""Snapshots: all that a client needs to know of a station on joining it, put together from the features' parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from controlplane.kernel.clock import now_ms
from controlplane.live.broker import Broker, LogId


@dataclass(frozen=True, slots=True)
class SnapshotPart:
    """Some of a snapshot's fields, by slug. `make` is called again only when `version` is another one than before."""

    name: str
    version: Callable[[str], object]
    make: Callable[[str], Mapping[str, Any]]


@dataclass(slots=True)
class Snapshots:
    """Makes snapshots, and keeps each part's bytes: a returning crowd costs one encoding, not one a client."""

    broker: Broker
    parts: tuple[SnapshotPart, ...] = ()
    _encoded: dict[tuple[str, str], tuple[object, bytes]] = field(default_factory=dict)

    def of(self, slug: str) -> bytes:
        """Return a station's snapshot as a JSON object, true after the newest event of its log."""
        position = self.broker.position(LogId(slug))
        own = {"epoch": position.epoch, "seq": position.seq, "server_time": now_ms()}
        fields = [self._part(part, slug) for part in self.parts]
        return b"{" + b",".join([*filter(None, fields), orjson.dumps(own)[1:]])

    def forget(self, slug: str) -> None:
        """Drop what is kept of a station."""
        for part in self.parts:
            self._encoded.pop((slug, part.name), None)

    def _part(self, part: SnapshotPart, slug: str) -> bytes:
        """Return a part's fields as they stand between the braces."""
        version = part.version(slug)
        kept = self._encoded.get((slug, part.name))
        if kept is not None and kept[0] == version:
            return kept[1]
        fields = orjson.dumps(part.make(slug))[1:-1]
        self._encoded[slug, part.name] = version, fields
        return fields
