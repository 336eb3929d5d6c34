"""A station's state as the outside sees it: events, answers and the AzuraCast shape. Nothing is decided here."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from controlplane.api import BroadcastView, NowPlayingView, PlayView, Snapshot, StationView
from controlplane.db.onair import PlayRow
from controlplane.db.stations import StationRow
from controlplane.events import (
    DigestEntry,
    OnAirKind,
    StreamListeners,
    StreamMetadata,
    StreamQuality,
    StreamStarted,
    StreamStopped,
    Track,
)
from controlplane.live.hub import Hub
from controlplane.onair import rules
from controlplane.onair.state import Broadcast, NowPlaying, Station
from controlplane.stations.rules import public_mount


@dataclass(frozen=True, slots=True)
class Places:
    """Base addresses that listeners use, without a trailing slash."""

    audio_url: str
    site_url: str


@dataclass(frozen=True, slots=True)
class Views:
    """Makes messages and answers from a station's state."""

    hub: Hub
    places: Places

    def stream_url(self, slug: str) -> str:
        """Return where a station is heard."""
        return self.places.audio_url + public_mount(slug)

    def started(self, row: StationRow, broadcast: Broadcast) -> StreamStarted:
        """Announce a broadcast."""
        url = self.stream_url(row.slug)
        return StreamStarted(
            kind=broadcast.kind,
            stream_url=url,
            urls={"mp3": url},
            title=row.name,
            show=broadcast.show,
            host=broadcast.host,
            broadcast_id=broadcast.id,
        )

    def stopped(self, broadcast: Broadcast, reason: str, then: Literal["autodj", "offair"]) -> StreamStopped:
        """Announce a broadcast's end."""
        return StreamStopped(broadcast_id=broadcast.id, reason=reason, then=then)

    def metadata(self, now: NowPlaying) -> StreamMetadata:
        """Announce what is heard."""
        track = Track(
            id=now.track_id,
            title=now.title.title,
            artist=now.title.artist,
            album=now.album or None,
            duration_ms=int(now.duration_s * 1000) or None,
        )
        return StreamMetadata(show=now.show, host=now.host, track=track, started_at=round(now.started_at * 1000))

    def listeners(self, station: Station) -> StreamListeners:
        """Count."""
        return StreamListeners(
            listeners=station.listeners,
            peak=station.peak,
            sockets=self.hub.sockets(station.slug),
            stale=station.blind,
        )

    def quality(self, station: Station) -> StreamQuality:
        """Judge."""
        state, reasons = rules.quality(station)
        live = station.heard is not None and station.heard.source == "live"
        bitrate_kbps = station.encoder_kbps if live else station.bitrate_kbps
        return StreamQuality(state=state, bitrate_kbps=bitrate_kbps, reasons=list(reasons))

    def digest(self, station: Station) -> DigestEntry:
        """Put a station in one line."""
        now = station.now
        return DigestEntry(
            station=station.slug,
            on_air=on_air(station),
            listeners=station.listeners,
            title=now.title.title if now else None,
            artist=(now.title.artist or None) if now else None,
        )

    def station(self, row: StationRow, station: Station) -> StationView:
        """Introduce a station."""
        url = self.stream_url(row.slug)
        return StationView(
            slug=row.slug,
            name=row.name,
            description=row.description,
            on_air=on_air(station),
            listeners=station.listeners,
            stream_url=url,
            urls={"mp3": url},
            page_url=f"{self.places.site_url}/s/{row.slug}",
        )

    def now_playing(self, row: StationRow, station: Station) -> NowPlayingView:
        """Tell what a station is doing now."""
        return NowPlayingView(
            station=self.station(row, station),
            on_air=on_air(station),
            broadcast=_broadcast(station.broadcast),
            metadata=self.metadata(station.now) if station.now else None,
            listeners=self.listeners(station),
            quality=self.quality(station),
        )

    def snapshot(self, row: StationRow, station: Station, history: Iterable[PlayRow]) -> Snapshot:
        """Tell all that a client needs on joining."""
        epoch, seq = self.hub.position(row.slug)
        now = self.now_playing(row, station)
        return Snapshot(
            station=now.station,
            on_air=now.on_air,
            broadcast=now.broadcast,
            metadata=now.metadata,
            listeners=now.listeners,
            quality=now.quality,
            history=[play(entry) for entry in history],
            chat=[],
            epoch=epoch,
            seq=seq,
            server_time=int(time.time() * 1000),
        )

    def azuracast(self, row: StationRow, station: Station, history: Iterable[PlayRow]) -> dict[str, Any]:
        """Tell it in the shape of AzuraCast's /api/nowplaying, which many players read. Times are unix seconds."""
        url = self.stream_url(row.slug)
        live = station.over if station.over is not None and station.over.kind == "live" else None
        past = [_song_play(entry) for entry in history if entry.ended_at is not None]
        return {
            "station": {
                "id": row.id,
                "name": row.name,
                "shortcode": row.slug,
                "description": row.description,
                "frontend": "icecast",
                "backend": "liquidsoap",
                "listen_url": url,
                "url": f"{self.places.site_url}/s/{row.slug}",
                "public_player_url": f"{self.places.site_url}/s/{row.slug}",
                "is_public": True,
                "mounts": [
                    {
                        "path": public_mount(row.slug),
                        "is_default": True,
                        "url": url,
                        "bitrate": row.bitrate_kbps,
                        "format": "mp3",
                        "listeners": _counts(station),
                    },
                ],
                "remotes": [],
                "hls_enabled": False,
                "hls_url": None,
            },
            "listeners": _counts(station),
            "live": {
                "is_live": live is not None,
                "streamer_name": (live.host or "") if live else "",
                "broadcast_start": int(live.started_at) if live else None,
                "art": None,
            },
            "now_playing": _now_playing(station),
            "playing_next": None,
            "song_history": past,
            "is_online": station.base is not None,
            "cache": None,
        }


def on_air(station: Station) -> OnAirKind:
    """Name what is on air."""
    return station.broadcast.kind if station.broadcast is not None else "offair"


def play(row: PlayRow) -> PlayView:
    """Show a play of the history."""
    return PlayView(
        title=row.title,
        artist=row.artist,
        album=row.album or None,
        host=row.host,
        show=row.show,
        kind=row.kind,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _broadcast(broadcast: Broadcast | None) -> BroadcastView | None:
    if broadcast is None:
        return None
    return BroadcastView(
        id=broadcast.id,
        kind=broadcast.kind,
        started_at=round(broadcast.started_at * 1000),
        host=broadcast.host,
        show=broadcast.show,
        reconnecting=broadcast.lost_at is not None,
    )


def _counts(station: Station) -> dict[str, int]:
    return {"total": station.listeners, "unique": station.listeners, "current": station.listeners}


def _song(track_id: str, artist: str, title: str, album: str) -> dict[str, Any]:
    text = f"{artist} - {title}" if artist else title
    return {
        "id": track_id,
        "text": text,
        "artist": artist,
        "title": title,
        "album": album,
        "genre": "",
        "isrc": "",
        "lyrics": "",
        "art": None,
        "custom_fields": [],
    }


def _now_playing(station: Station) -> dict[str, Any] | None:
    now = station.now
    if now is None:
        return None
    elapsed = max(0, int(time.time() - now.started_at))
    duration = int(now.duration_s)
    return {
        "sh_id": round(now.started_at * 1000),
        "played_at": int(now.started_at),
        "duration": duration,
        "elapsed": elapsed,
        "remaining": max(0, duration - elapsed),
        "playlist": "",
        "streamer": now.host or "",
        "is_request": False,
        "song": _song(now.track_id, now.title.artist, now.title.title, now.album),
    }


def _song_play(row: PlayRow) -> dict[str, Any]:
    return {
        "sh_id": row.started_at,
        "played_at": row.started_at // 1000,
        "duration": row.duration_ms // 1000,
        "playlist": "",
        "streamer": row.host or "",
        "is_request": False,
        "song": _song(row.track_id, row.artist, row.title, row.album),
    }
