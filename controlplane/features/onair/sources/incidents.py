"""Notes what goes wrong with the sound of a source on air, once a second: a gap, and silence."""

from dataclasses import dataclass, field

from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sources.pipelines import PipelineWatch
from controlplane.features.onair.state import Broadcast
from controlplane.kernel.text import duration_text
from controlplane.liquidsoap.parse import EncoderLevel

DEAD_AIR_S = 10.0
"""A pause that listeners take for a fault."""
GAP_S = 4.0
"""After a start of the daemon, an encoder that never left is found within two seconds."""


@dataclass(slots=True)
class SoundIncidents:
    """The gaps and silences of the sources on air, by station."""

    onair: OnAir
    pipelines: PipelineWatch
    _silent: dict[str, str] = field(default_factory=dict)
    """The broadcast whose silence was told of."""
    _gaps: dict[str, tuple[str, float]] = field(default_factory=dict)
    """The broadcast of which nothing arrives, and since when, in seconds of the monotonic clock."""

    def look(self, slug: str) -> None:
        """Look at a station's source on air."""
        live = self.onair.require(slug)[1].live
        level = self.pipelines.level(slug, live.slot) if live is not None and live.slot is not None else None
        self._note_gap(slug, live, level)
        self._note_silence(slug, live, level)

    def _note_gap(self, slug: str, live: Broadcast | None, level: EncoderLevel | None) -> None:
        now, (broadcast_id, since) = self.onair.clock.monotonic_s(), self._gaps.get(slug, ("", 0.0))
        if live is None or live.id != broadcast_id:
            self._gaps.pop(slug, None)
        if live is None:
            return
        if live.lost_at is not None or (level is not None and not level.connected):
            self._gaps.setdefault(slug, (live.id, now))
        elif self._gaps.pop(slug, None) is not None and now - since >= GAP_S:
            gap = duration_text(round(now - since))
            self.onair.incident(slug, "source_lost", f"The source on air was gone for {gap}.")

    def _note_silence(self, slug: str, live: Broadcast | None, level: EncoderLevel | None) -> None:
        if live is None or level is None or not level.connected or level.silent_s < DEAD_AIR_S:
            self._silent.pop(slug, None)
        elif self._silent.get(slug) != live.id:
            self._silent[slug] = live.id
            self.onair.incident(slug, "dead_air", f"The source on air has sent no sound for {level.silent_s:.0f} s.")
