"""AzuraCast's now-playing shape of a station. Pure."""

from controlplane.db.onair import PlayRow
from controlplane.features.onair.document import StationDocument
from controlplane.features.onair.state import NowPlaying
from controlplane.features.onair.views import PublicUrls
from controlplane.kernel.mounts import mount_kbps, public_mount
from controlplane.protocol.azuracast import Counts, Live, Mount, Song, SongNow, SongPlay, StationShape, StationStatus


def station(known: StationDocument, urls: PublicUrls, now: float) -> StationStatus:
    """Return a station's status at `now`, in unix seconds."""
    foreground = known.foreground
    live = foreground if foreground is not None and foreground.kind == "live" else None
    return StationStatus(
        station=_station(known, urls),
        listeners=_counts(known.listeners),
        live=Live(
            is_live=live is not None,
            streamer_name=(live.host or "") if live else "",
            broadcast_start=int(live.started_at) if live else None,
        ),
        now_playing=_now_playing(known.now, now) if known.now is not None else None,
        song_history=[_play(entry) for entry in known.history if entry.ended_at is not None],
        is_online=known.autodj is not None,
    )


def _station(known: StationDocument, urls: PublicUrls) -> StationShape:
    row, page, streams = known.row, urls.page(known.row.slug), urls.streams(known.row.slug)
    mounts = [
        Mount(
            path=public_mount(row.slug, audio),
            is_default=audio == "mp3",
            url=streams[audio],
            bitrate=mount_kbps(audio, row.bitrate_kbps),
            format=audio,
            # They are counted together, and whoever adds up the mounts must not count anybody twice.
            listeners=_counts(known.listeners if audio == "mp3" else 0),
        )
        for audio in urls.formats
    ]
    return StationShape(
        id=row.id,
        name=row.name,
        shortcode=row.slug,
        description=row.description,
        listen_url=urls.stream(row.slug),
        url=page,
        public_player_url=page,
        mounts=mounts,
    )


def _counts(listeners: int) -> Counts:
    return Counts(total=listeners, unique=listeners, current=listeners)


def _song(track_id: str, artist: str, title: str, album: str) -> Song:
    text = f"{artist} - {title}" if artist else title
    return Song(id=track_id, text=text, artist=artist, title=title, album=album)


def _now_playing(playing: NowPlaying, now: float) -> SongNow:
    elapsed, duration = max(0, int(now - playing.started_at)), int(playing.duration_s)
    return SongNow(
        sh_id=round(playing.started_at * 1000),
        played_at=int(playing.started_at),
        duration=duration,
        elapsed=elapsed,
        remaining=max(0, duration - elapsed),
        streamer=playing.host or "",
        song=_song(playing.track_id, playing.title.artist, playing.title.title, playing.album),
    )


def _play(row: PlayRow) -> SongPlay:
    return SongPlay(
        sh_id=row.started_at,
        played_at=row.started_at // 1000,
        duration=row.duration_ms // 1000,
        streamer=row.host or "",
        song=_song(row.track_id, row.artist, row.title, row.album),
    )
