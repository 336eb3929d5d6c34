"""What is on air, as events and answers say it. Pure: counts and the public URLs are arguments."""

from dataclasses import dataclass
from typing import TypedDict

from controlplane.db.onair import PlayRow
from controlplane.features.onair.document import StationDocument
from controlplane.features.onair.state import Broadcast, NowPlaying, Stopped
from controlplane.kernel.mounts import Format, burst_ms, mount_kbps, public_mount
from controlplane.kernel.positions import AudioPosition
from controlplane.kernel.stations import StationRow
from controlplane.protocol.library import art_url, station_art_url
from controlplane.protocol.onair import (
    OnAirKind,
    StationChanged,
    StreamListeners,
    StreamMetadata,
    StreamQuality,
    StreamStarted,
    StreamStopped,
    StreamView,
    Track,
)
from controlplane.protocol.onair_views import BroadcastView, NowPlayingView, OnAirPart, PlayView, StationView
from controlplane.protocol.platform import DigestEntry
from controlplane.protocol.stations import LinkView
from controlplane.protocol.sync import AudioPositionView


@dataclass(frozen=True, slots=True)
class PublicUrls:
    """Where listeners find the pages and the streams: base addresses without a trailing slash, and the public mounts.

    `burst_s` is how much of an MP3 mount a new player is sent at once, in seconds.
    """

    audio_url: str
    site_url: str
    formats: tuple[Format, ...]
    burst_s: float

    def stream(self, slug: str) -> str:
        """Return where a station's MP3 mount is, which every player understands."""
        return self.audio_url + public_mount(slug)

    def streams(self, slug: str) -> dict[str, str]:
        """Return where a station's public mounts are, by format."""
        return {audio: self.audio_url + public_mount(slug, audio) for audio in self.formats}

    def page(self, slug: str) -> str:
        """Return where a station's page is."""
        return f"{self.site_url}/s/{slug}"


def streams(row: StationRow, urls: PublicUrls) -> list[StreamView]:
    """Return a station's public mounts, the one that every player understands first."""
    where = urls.streams(row.slug)
    return [
        StreamView(
            format=audio,
            url=where[audio],
            bitrate_kbps=mount_kbps(audio, row.bitrate_kbps),
            burst_ms=burst_ms(audio, row.bitrate_kbps, urls.burst_s),
        )
        for audio in urls.formats
    ]


def links(row: StationRow) -> list[LinkView]:
    """Return the links on a station's page."""
    return [LinkView(name=each.name, url=each.url) for each in row.links]


def station_changed(row: StationRow, urls: PublicUrls) -> StationChanged:
    """Return the event of a station's new settings."""
    return StationChanged(
        station_name=row.name,
        description=row.description,
        language=row.language,
        links=links(row),
        art_url=station_art_url(row.slug, row.art),
        streams=streams(row, urls),
    )


def started(row: StationRow, broadcast: Broadcast, urls: PublicUrls, at: AudioPosition | None = None) -> StreamStarted:
    """Return the event of a broadcast's beginning."""
    return StreamStarted(
        kind=broadcast.kind,
        stream_url=urls.stream(row.slug),
        urls=urls.streams(row.slug),
        title=broadcast.title or row.name,
        description=broadcast.description,
        show=broadcast.show,
        host=broadcast.host,
        art_url=_broadcast_art(row, broadcast),
        broadcast_id=broadcast.id,
        position=AudioPositionView.of(at),
    )


def stopped(event: Stopped, at: AudioPosition | None = None) -> StreamStopped:
    """Return the event of a broadcast's end."""
    return StreamStopped(
        broadcast_id=event.broadcast.id, reason=event.reason, then=event.then, position=AudioPositionView.of(at)
    )


def metadata(slug: str, now: NowPlaying) -> StreamMetadata:
    """Return the event of another track, show or host."""
    track = Track(
        id=now.track_id,
        title=now.title.title,
        artist=now.title.artist,
        album=now.album or None,
        art_url=art_url(slug, now.track_id, now.art),
        duration_ms=int(now.duration_s * 1000) or None,
    )
    return StreamMetadata(
        play_id=now.play_id,
        kind=now.kind,
        show=now.show,
        host=now.host,
        track=track,
        stand_in=True if now.stand_in else None,
        started_at=round(now.started_at * 1000),
        position=AudioPositionView.of(now.position),
    )


def listeners(known: StationDocument, sockets: int) -> StreamListeners:
    """Return the `stream:listeners` event."""
    return StreamListeners(listeners=known.listeners, peak=known.peak, sockets=sockets, stale=known.stale)


def quality(known: StationDocument) -> StreamQuality:
    """Return the `stream:quality` event."""
    return StreamQuality(state=known.quality, bitrate_kbps=known.bitrate_kbps, reasons=list(known.reasons))


def digest(known: StationDocument, urls: PublicUrls) -> DigestEntry:
    """Return a station's line of the platform digest."""
    now = None if known.now is None or known.now.stand_in else known.now
    return DigestEntry(
        station=known.row.slug,
        name=known.row.name,
        on_air=known.on_air,
        listeners=known.listeners,
        title=now.title.title if now else None,
        artist=(now.title.artist or None) if now else None,
        stream_url=urls.stream(known.row.slug),
        art_url=station_art_url(known.row.slug, known.row.art),
    )


def station(known: StationDocument, urls: PublicUrls) -> StationView:
    """Return a station and where to hear it."""
    slug = known.row.slug
    return StationView(
        slug=slug,
        name=known.row.name,
        description=known.row.description,
        language=known.row.language,
        links=links(known.row),
        art_url=station_art_url(slug, known.row.art),
        on_air=known.on_air,
        listeners=known.listeners,
        stream_url=urls.stream(slug),
        urls=urls.streams(slug),
        streams=streams(known.row, urls),
        page_url=urls.page(slug),
    )


def now_playing(known: StationDocument, sockets: int, urls: PublicUrls) -> NowPlayingView:
    """Return what a station is doing now."""
    return NowPlayingView(listeners=listeners(known, sockets), **_on_air(known, urls))


def on_air_part(known: StationDocument, urls: PublicUrls) -> OnAirPart:
    """Return a snapshot's fields about what is on air."""
    return OnAirPart(
        history=[play(entry) for entry in known.history], off_air_since=known.off_air_since, **_on_air(known, urls)
    )


def play(row: PlayRow) -> PlayView:
    """Return a play of the history."""
    return PlayView(
        play_id=row.play_id,
        title=row.title,
        artist=row.artist,
        album=row.album or None,
        host=row.host,
        show=row.show,
        kind=row.kind,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


class _OnAir(TypedDict):
    station: StationView
    on_air: OnAirKind
    broadcast: BroadcastView | None
    metadata: StreamMetadata | None
    quality: StreamQuality


def _on_air(known: StationDocument, urls: PublicUrls) -> _OnAir:
    return {
        "station": station(known, urls),
        "on_air": known.on_air,
        "broadcast": broadcast(known.row, known.broadcast) if known.broadcast is not None else None,
        "metadata": metadata(known.row.slug, known.now) if known.now else None,
        "quality": quality(known),
    }


def _broadcast_art(row: StationRow, broadcast: Broadcast) -> str | None:
    return broadcast.art_url or station_art_url(row.slug, row.art)


def broadcast(row: StationRow, known: Broadcast) -> BroadcastView:
    """Return a broadcast that is on air."""
    return BroadcastView(
        id=known.id,
        kind=known.kind,
        started_at=round(known.started_at * 1000),
        title=known.title,
        description=known.description,
        host=known.host,
        show=known.show,
        art_url=_broadcast_art(row, known),
        reconnecting=known.lost_at is not None,
    )
