"""A station's document: all that any daemon knows of it, and that pages, sockets and players are told from."""

from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from controlplane.db.onair import PlayRow
from controlplane.features.onair.quality import quality
from controlplane.features.onair.state import Broadcast, NowPlaying, Station
from controlplane.kernel.stations import StationRow
from controlplane.protocol.onair import OnAirKind, QualityReason, QualityState


@dataclass(frozen=True, slots=True)
class StationDocument:
    """A station's settings, and what is on air; `history` has its newest plays, newest first."""

    row: StationRow
    autodj: Broadcast | None
    foreground: Broadcast | None
    now: NowPlaying | None
    history: tuple[PlayRow, ...]
    listeners: int
    peak: int
    stale: bool
    quality: QualityState
    reasons: tuple[QualityReason, ...]
    bitrate_kbps: int
    off_air_since: int | None = None
    """When it went off air, in unix milliseconds; None while it is on air, or if that is not known."""

    @property
    def broadcast(self) -> Broadcast | None:
        """The broadcast that is on air: the one over AutoDJ, or AutoDJ's own."""
        return self.foreground or self.autodj

    @property
    def on_air(self) -> OnAirKind:
        """What kind of broadcast is on air."""
        return self.broadcast.kind if self.broadcast is not None else "offair"


_ADAPTER = TypeAdapter(StationDocument)


def document(row: StationRow, station: Station, history: tuple[PlayRow, ...]) -> StationDocument:
    """Return a station's document."""
    state, reasons = quality(station)
    return StationDocument(
        row=row,
        autodj=station.autodj,
        foreground=station.foreground,
        now=station.now,
        history=tuple(play for play in history if not play.stand_in),
        listeners=station.listeners,
        peak=station.peak,
        stale=station.icecast_down,
        quality=state,
        reasons=reasons,
        bitrate_kbps=bitrate_kbps(row, station),
        off_air_since=history[0].ended_at if history and station.broadcast is None else None,
    )


def bitrate_kbps(row: StationRow, station: Station) -> int:
    """Return the bitrate of the encoder while it is heard and else of the public mount, as it is set until measured."""
    live = station.playing is not None and station.playing.source == "live"
    measured = station.encoder_kbps if live else station.bitrate_kbps
    return measured or (row.bitrate_kbps if station.autodj is not None else 0)


def encode(known: StationDocument) -> bytes:
    """Return a document as JSON."""
    return orjson.dumps(known)


def decode(body: bytes) -> StationDocument:
    """Read a document; raise ValueError."""
    return _ADAPTER.validate_json(body)
