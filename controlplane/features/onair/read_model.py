"""The read model: every station's document, fed by the broker alone. Everything that only reads, reads this."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import orjson

from controlplane.features.onair.document import StationDocument, decode
from controlplane.kernel.errors import NotFound
from controlplane.live.broker import Entry, LogId, Position, ValueKey
from controlplane.protocol.onair import StreamListeners, StreamQuality

DOCUMENT = "station:document"
"""Name of the last value that is a station's whole document, or null when the station is removed."""


@dataclass(slots=True)
class ReadModel:
    """Documents by slug. A version rises with each change of a document, so that what was made of it can be kept."""

    _documents: dict[str, StationDocument] = field(default_factory=dict)
    _versions: dict[str, int] = field(default_factory=dict)

    def slugs(self) -> Iterable[str]:
        """List the stations."""
        return sorted(self._documents)

    def get(self, slug: str) -> StationDocument | None:
        """Return a station's document."""
        return self._documents.get(slug)

    def require(self, slug: str) -> StationDocument:
        """Return a station's document; raise NotFound."""
        found = self._documents.get(slug)
        if found is None:
            raise NotFound(f"there is no station {slug[:40]!r}")
        return found

    def version(self, slug: str) -> int:
        """Return a number that is another one whenever the document is."""
        return self._versions.get(slug, 0)

    def heard(self, log: LogId, entry: Entry) -> None:
        """Take the document that came with an ordered event."""
        if entry.state is not None:
            self._put(log.station, decode(entry.state))

    def began_anew(self, log: LogId, position: Position) -> None:
        """Pass over it: a document of its own follows."""

    def said(self, key: ValueKey, body: bytes) -> None:
        """Take a whole document, or the counts or the quality that changed in one."""
        known = self._documents.get(key.station)
        if key.name == DOCUMENT:
            self._put(key.station, decode(body) if body != b"null" else None)
        elif known is not None and key.name == StreamListeners.name:
            value = orjson.loads(body)
            counts = {"listeners": value["listeners"], "peak": value["peak"], "stale": value["stale"]}
            self._put(key.station, replace(known, **counts))
        elif known is not None and key.name == StreamQuality.name:
            value = orjson.loads(body)
            quality = {"quality": value["state"], "reasons": tuple(value["reasons"])}
            self._put(key.station, replace(known, bitrate_kbps=value["bitrate_kbps"], **quality))

    def _put(self, slug: str, known: StationDocument | None) -> None:
        if known == self._documents.get(slug):
            return
        self._versions[slug] = self._versions.get(slug, 0) + 1
        if known is None:
            self._documents.pop(slug, None)
        else:
            self._documents[slug] = known
