"""The platform digest: one line a station, and only those that changed."""

from dataclasses import dataclass, field

from controlplane.features.onair import views
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.views import PublicUrls
from controlplane.live.hub import Hub
from controlplane.protocol.platform import DigestEntry, PlatformDigest


@dataclass(slots=True)
class Digest:
    """Sends `platform:digest`."""

    read_model: ReadModel
    hub: Hub
    urls: PublicUrls
    _sent: dict[str, DigestEntry] = field(default_factory=dict)

    def all(self) -> list[DigestEntry]:
        """Return every station's line."""
        return [self._with_streams(entry) for entry in self._entries()]

    def send(self) -> None:
        """Send the lines that changed since the last time."""
        entries = {entry.station: entry for entry in self._entries()}
        changed = [
            entry if slug in self._sent else self._with_streams(entry)
            for slug, entry in entries.items()
            if self._sent.get(slug) != entry
        ]
        removed = sorted(self._sent.keys() - entries.keys())
        self._sent = entries
        if changed or removed:
            self.hub.send("", PlatformDigest(stations=changed, removed=removed or None))

    def _entries(self) -> list[DigestEntry]:
        found = map(self.read_model.get, self.read_model.slugs())
        return [views.digest(known, self.urls) for known in found if known is not None]

    def _with_streams(self, entry: DigestEntry) -> DigestEntry:
        known = self.read_model.require(entry.station)
        return entry.model_copy(update={"streams": views.streams(known.row, self.urls)})
