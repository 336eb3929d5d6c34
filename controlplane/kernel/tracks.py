"""A track of a station, as every part knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Measured = Literal["waiting", "done", "failed"]
View = Literal["all", "new", "unplayable", "duplicates", "untagged", "never_played", "loved"]
Sort = Literal["added", "title", "artist"]
ART_SIDES = (1000, 300, 96)
"""Pixels of the longer side of the pictures that are kept."""


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A track. Times are unix milliseconds; `problem` is why it cannot be played, empty if it can.

    The cue points are where it begins and ends when it is played; without `cue_out_ms`, at its end.
    """

    id: str
    station_id: str
    sha256: str
    format: str
    size: int
    file_name: str
    title: str
    artist: str
    album: str
    genre: str
    year: int | None
    isrc: str
    label: str
    duration_ms: int
    codec: str
    bitrate_kbps: int
    art: str
    title_key: str
    artist_key: str
    search: str
    added_by: str
    added_at: int
    measured: Measured = "waiting"
    problem: str = ""
    loudness_lufs: float | None = None
    peak_dbtp: float | None = None
    gain_db: float = 0.0
    cue_in_ms: int = 0
    cue_out_ms: int | None = None
    duplicate_of: str | None = None
    plays: int = 0
    played_at: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Which tracks are listed, and in which order: `words` are folded, and all of them must be found.

    At most `limit` of them are listed, from after the place `after`: the sort's keys of a track, and its id.
    """

    view: View = "all"
    sort: Sort = "added"
    words: Sequence[str] = ()
    limit: int = 50
    after: tuple[str | int, ...] | None = None
