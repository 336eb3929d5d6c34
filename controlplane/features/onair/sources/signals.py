"""Tells those who run a station how the sound of its sources arrives, each second while one is connected."""

from dataclasses import dataclass

from controlplane.features.onair import rules, signal
from controlplane.features.onair.ingest import Encoder
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.signal import Arrival
from controlplane.features.onair.sources.formats import Formats
from controlplane.features.onair.sources.incidents import SoundIncidents
from controlplane.features.onair.sources.pipelines import PipelineWatch
from controlplane.features.onair.sources.poller import Poller
from controlplane.kernel.mounts import SLOTS, Slot, ingest_mount
from controlplane.live.hub import Hub
from controlplane.protocol.going_live import SignalView, SourceState, SourceView, StreamSignal

ON_AIR = frozenset({"on_air", "lost"})


@dataclass(slots=True)
class Signals:
    """Puts together what the station, Icecast and the pipeline know of each source."""

    onair: OnAir
    poller: Poller
    pipelines: PipelineWatch
    formats: Formats
    incidents: SoundIncidents
    hub: Hub
    _present: set[tuple[str, Slot]] | None = None
    """The sources that were there when they were told of last; None after a start, when pages may know older ones."""

    def of(self, slug: str) -> list[SignalView]:
        """Return the sources of a station; raise NotFound."""
        return [self._view(slug, slot) for slot in SLOTS]

    async def send(self) -> None:
        """Ask the pipelines of stations with a source how it sounds, and tell those who run them."""
        connected = [slug for slug in self.onair.slugs() if self._has_source(slug)]
        await self.pipelines.look_at(connected)
        for slug in self.onair.slugs():
            self.incidents.look(slug)
        present = {(slug, slot) for slug in self.onair.slugs() for slot in SLOTS if self._state(slug, slot) != "absent"}
        every = {(slug, slot) for slug in self.onair.slugs() for slot in SLOTS}
        for slug, slot in present | (every if self._present is None else every & self._present):
            self.hub.send(slug, StreamSignal(**dict(self._view(slug, slot))))
        self._present = present

    def _state(self, slug: str, slot: Slot) -> SourceState:
        return rules.source_state(self.onair.require(slug)[1], slot, self.onair.clock.steady_s())

    def _has_source(self, slug: str) -> bool:
        return any(self.onair.require(slug)[1].source(slot).encoder is not None for slot in SLOTS)

    def _view(self, slug: str, slot: Slot) -> SignalView:
        station, mount = self.onair.require(slug)[1], ingest_mount(slug, slot)
        source, newest, level = station.source(slot), self.poller.newest, self.pipelines.level(slug, slot)
        is_browser = _is_browser(source.encoder or station.on_air_encoder(slot))
        # Statistics may still have an encoder that is gone, or was kicked.
        found = newest.mounts.get(mount) if newest is not None and source.encoder is not None else None
        kbps = self.poller.kbps(mount) if found is not None else 0
        audio = self.formats.of(slug, slot, found.instance) if found is not None else None
        state, delay_ms = self._state(slug, slot), self.onair.delay_ms(slug, slot)
        arrival = Arrival(found, kbps, level, audio, is_browser, delay_ms, is_on_air=state in ON_AIR)
        return SignalView(
            source=SourceView(
                id=slot,
                kind="browser" if is_browser else "encoder",
                state=state,
                mount=mount,
                since=round(source.encoder_at * 1000) if source.encoder is not None else None,
                host=(source.encoder.host or None) if source.encoder is not None else None,
                key_id=(source.encoder.key_id or None) if source.encoder is not None else None,
                address=(found.address or None) if found is not None and not is_browser else None,
                client=(found.client or None) if found is not None and not is_browser else None,
            ),
            level_db=signal.level_db(level),
            lufs=level.lufs if level is not None and level.connected else None,
            rows=signal.rows(arrival),
        )


def _is_browser(encoder: Encoder | None) -> bool:
    return encoder is not None and encoder.is_browser
