"""What is on air in the shape of AzuraCast's `/api/nowplaying`, which many players read. Pure; unix seconds."""

from typing import Any

from controlplane.db.onair import PlayRow
from controlplane.features.onair.document import StationDocument
from controlplane.features.onair.state import NowPlaying
from controlplane.features.onair.views import PublicUrls
from controlplane.kernel.mounts import public_mount


def station(known: StationDocument, urls: PublicUrls, now: float) -> dict[str, Any]:
    """Return a station."""
    foreground = known.foreground
    live = foreground if foreground is not None and foreground.kind == "live" else None
    return {
        "station": _station(known, urls),
        "listeners": _counts(known),
        "live": {
            "is_live": live is not None,
            "streamer_name": (live.host or "") if live else "",
            "broadcast_start": int(live.started_at) if live else None,
            "art": None,
        },
        "now_playing": _now_playing(known.now, now) if known.now is not None else None,
        "playing_next": None,
        "song_history": [_song_play(entry) for entry in known.history if entry.ended_at is not None],
        "is_online": known.autodj is not None,
        "cache": None,
    }


def _station(known: StationDocument, urls: PublicUrls) -> dict[str, Any]:
    row, url = known.row, urls.stream(known.row.slug)
    mount = {
        "path": public_mount(row.slug),
        "is_default": True,
        "url": url,
        "bitrate": row.bitrate_kbps,
        "format": "mp3",
        "listeners": _counts(known),
    }
    return {
        "id": row.id,
        "name": row.name,
        "shortcode": row.slug,
        "description": row.description,
        "frontend": "icecast",
        "backend": "liquidsoap",
        "listen_url": url,
        "url": urls.page(row.slug),
        "public_player_url": urls.page(row.slug),
        "is_public": True,
        "mounts": [mount],
        "remotes": [],
        "hls_enabled": False,
        "hls_url": None,
    }


def _counts(known: StationDocument) -> dict[str, int]:
    return {"total": known.listeners, "unique": known.listeners, "current": known.listeners}


def _song(track_id: str, artist: str, title: str, album: str) -> dict[str, Any]:
    return {
        "id": track_id,
        "text": f"{artist} - {title}" if artist else title,
        "artist": artist,
        "title": title,
        "album": album,
        "genre": "",
        "isrc": "",
        "lyrics": "",
        "art": None,
        "custom_fields": [],
    }


def _now_playing(playing: NowPlaying, now: float) -> dict[str, Any]:
    elapsed, duration = max(0, int(now - playing.started_at)), int(playing.duration_s)
    return {
        "sh_id": round(playing.started_at * 1000),
        "played_at": int(playing.started_at),
        "duration": duration,
        "elapsed": elapsed,
        "remaining": max(0, duration - elapsed),
        "playlist": "",
        "streamer": playing.host or "",
        "is_request": False,
        "song": _song(playing.track_id, playing.title.artist, playing.title.title, playing.album),
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
