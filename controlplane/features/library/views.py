"""Tracks as they are shown. Pure."""

from controlplane.kernel.tracks import TrackRow
from controlplane.protocol.library import TrackView, art_url


def track(slug: str, row: TrackRow) -> TrackView:
    """Return a track of a station."""
    return TrackView.model_validate(
        {
            "id": row.id,
            "title": row.title,
            "artist": row.artist,
            "album": row.album,
            "genre": row.genre,
            "year": row.year,
            "isrc": row.isrc,
            "label": row.label,
            "duration_ms": row.duration_ms,
            "format": row.format,
            "codec": row.codec,
            "bitrate_kbps": row.bitrate_kbps,
            "size": row.size,
            "file_name": row.file_name,
            "art_url": art_url(slug, row.id, row.art),
            "added_by": row.added_by,
            "added_at": row.added_at,
            "measured": row.measured,
            "problem": row.problem or None,
            "loudness_lufs": row.loudness_lufs,
            "peak_dbtp": row.peak_dbtp,
            "gain_db": row.gain_db,
            "cue_in_ms": row.cue_in_ms,
            "cue_out_ms": row.cue_out_ms,
            "duplicate_of": row.duplicate_of,
            "plays": row.plays,
            "played_at": row.played_at,
        }
    )
