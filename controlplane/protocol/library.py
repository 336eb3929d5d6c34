"""A station's tracks and their uploads."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from controlplane.kernel.tracks import Measured, Sort, View
from controlplane.protocol.base import Body, Event, Wire, shown_as
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.endpoint import API
from controlplane.protocol.paging import Page, PageQuery, Query, digits, many_digits
from controlplane.protocol.types import INTEGRAL, Album, Artist, Id, PersonName, StationArtUrl, Title, UnixMs, Word

Format = Literal["mp3", "m4a", "aac", "ogg", "opus", "flac", "wav"]
Genre = Annotated[str, Field(max_length=80, examples=["Qawwali"])]
Label = Annotated[str, Field(max_length=120, examples=["Lahore Records"])]
ISRC = r"^([A-Z]{2}[A-Z0-9]{3}[0-9]{7})?$"
Isrc = Annotated[str, Field(pattern=ISRC, examples=["PKA012600001"])]
Year = Annotated[int, Field(ge=1800, le=2099, examples=[1974]), INTEGRAL]
Milliseconds = Annotated[int, Field(ge=0, le=2**31 - 1, examples=[243000]), INTEGRAL]
Gain = Annotated[float, Field(ge=-24, le=12, examples=[-2.4])]
SEARCH_CHARS = 200


def art_url(slug: str, track_id: str, art: str) -> str | None:
    """Return the address of a track's picture, another one for another picture; None without one."""
    return f"{API}/stations/{slug}/tracks/{track_id}/art?v={art[:8]}" if art else None


def station_art_url(slug: str, art: str) -> str | None:
    """Return the address of a station's picture, another one for another picture; None without one."""
    return f"{API}/stations/{slug}/art?v={art[:8]}" if art else None


class TrackView(Wire):
    """A track of a station's library."""

    model_config = shown_as(
        {
            "id": "4f1b0c9d2e7a5f38",
            "title": "Chirag",
            "artist": "The Lamps",
            "album": "Lamps of Lahore",
            "genre": "Qawwali",
            "year": 1974,
            "isrc": "",
            "label": "",
            "duration_ms": 243000,
            "format": "mp3",
            "codec": "mp3",
            "bitrate_kbps": 192,
            "size": 5832000,
            "file_name": "chirag.mp3",
            "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
            "added_by": "Sara",
            "added_at": 1767225600000,
            "measured": "done",
            "loudness_lufs": -13.6,
            "peak_dbtp": -0.4,
            "gain_db": -2.4,
            "cue_in_ms": 120,
            "cue_out_ms": 241500,
            "plays": 0,
        }
    )

    id: Id
    """The track's id."""
    title: Title
    """Its title."""
    artist: Artist
    """Its artist; may be empty."""
    album: Album
    """Its album; may be empty."""
    genre: Genre
    """Its genre; may be empty."""
    year: Year | None = None
    """The year it was released in, where that is known."""
    isrc: Isrc
    """The International Standard Recording Code (ISO 3901) without hyphens, for royalty reports; may be empty."""
    label: Label
    """Its label, for royalty reports; may be empty."""
    duration_ms: Milliseconds
    """Its length in milliseconds: the file's own claim until it has been measured."""
    format: Format
    """The format of its file."""
    codec: Annotated[str, Field(examples=["mp3"])]
    """The codec of its audio, as ffmpeg names it."""
    bitrate_kbps: Annotated[int, Field(examples=[192])]
    """The bitrate of its audio in kbit/s."""
    size: Annotated[int, Field(examples=[5832000])]
    """The size of its file in bytes."""
    file_name: Annotated[str, Field(examples=["chirag.mp3"])]
    """The name its file had."""
    art_url: Annotated[str, Field(examples=["/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art"])] | None = None
    """The address of its picture; absent without one."""
    added_by: PersonName
    """The name of the person who added it."""
    added_at: UnixMs
    """When it was added, in unix milliseconds."""
    measured: Measured
    """Whether it has been decoded as a whole and measured; it can be played before that."""
    problem: Annotated[str, Field(examples=["ffmpeg cannot decode it"])] | None = None
    """Why it cannot be played; absent if it can."""
    loudness_lufs: Annotated[float, Field(examples=[-13.6])] | None = None
    """Its integrated loudness (EBU R128) in LUFS, once it is measured."""
    peak_dbtp: Annotated[float, Field(examples=[-0.4])] | None = None
    """Its true peak in dBTP, once it is measured."""
    gain_db: Gain
    """The gain it is played with, in dB."""
    cue_in_ms: Milliseconds
    """Where it begins when it is played, in milliseconds."""
    cue_out_ms: Milliseconds | None = None
    """Where it ends when it is played, in milliseconds; at its end if absent."""
    duplicate_of: Id | None = None
    """The id of another track that is probably the same recording."""
    plays: Annotated[int, Field(examples=[0])]
    """How often it was played."""
    played_at: UnixMs | None = None
    """When it was last played, in unix milliseconds; absent if never."""


class UploadForm(Body):
    """A file to add to a library."""

    file: Annotated[str, Field(json_schema_extra={"contentMediaType": "application/octet-stream"}, examples=["…"])]
    """An MP3, M4A, AAC, Ogg, Opus, FLAC or WAV file, with its name."""


class StationArtAnswer(Wire):
    """A station's picture."""

    art_url: StationArtUrl = None
    """The address of its picture on this server, a JPEG; absent without one."""


class TrackAnswer(Wire):
    """One track."""

    track: TrackView
    """The track."""


class TracksQuery(PageQuery):
    """Which tracks are listed, and in which order."""

    search: Annotated[str, Field(max_length=SEARCH_CHARS, examples=["chirag lamps"])] = ""
    """Words that must all be found in title, artist, album, genre or file name, whatever their case and accents."""
    view: View = "all"
    """`new` are those of the last 7 days, `duplicates` probably the same recording as another."""
    sort: Sort = "added"
    """`added` lists the newest first."""
    cursor: Annotated[str | None, Field(max_length=4096, examples=["WzE3NjcyMjU2MDAwMDAsIjRmMWIiXQ"])] = None
    """The `next` of the page before; the first page without it."""


class TracksPage(Page[TrackView]):
    """A part of a station's library."""

    next: Annotated[str | None, Field(examples=["WzE3NjcyMjU2MDAwMDAsIjRmMWIiXQ"])] = None
    """The `cursor` of the next page; absent on the last one."""
    total: Annotated[int, Field(examples=[214])]
    """The tracks of this search and view in all."""
    measuring: Annotated[int, Field(examples=[0])]
    """The tracks of the library that have not been measured yet."""
    used_bytes: Annotated[int, Field(examples=[1240000000])]
    """The size of the library with its uploads."""
    quota_bytes: Annotated[int, Field(examples=[50000000000])]
    """The size it may have."""


class SharedPatch(Body):
    """What several tracks may have in common; what is left out stays. A year of 0 or an empty text removes the old one.

    One is needed.
    """

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    artist: Annotated[str | None, Field(max_length=255, examples=["The Lamps"])] = None
    """The artist."""
    album: Annotated[str | None, Field(max_length=255, examples=["Lamps of Lahore"])] = None
    """The album."""
    genre: Genre | None = None
    """The genre."""
    year: Annotated[int | None, Field(ge=0, le=2099, examples=[1974]), INTEGRAL] = None
    """The year of release."""
    label: Label | None = None
    """The label."""


class TrackPatch(SharedPatch):
    """Change a track; what is left out stays, and one is needed. A year of 0 or an empty text removes the old one."""

    title: Annotated[str | None, Field(min_length=1, max_length=255, examples=["Chirag"])] = None
    """Its title."""
    isrc: Isrc | None = None
    """Its ISRC without hyphens."""
    gain_db: Gain | None = None
    """The gain it is played with, in dB."""
    cue_in_ms: Milliseconds | None = None
    """Where it begins when it is played, in milliseconds."""
    cue_out_ms: Milliseconds | None = None
    """Where it ends when it is played, in milliseconds; 0 for its end."""


MAX_TRACKS = 500


class TrackIds(Body):
    """Tracks of one station; those that it does not have are passed over."""

    ids: Annotated[list[Word], Field(min_length=1, max_length=MAX_TRACKS, examples=[["4f1b0c9d2e7a5f38"]])]
    """Their ids."""


class TracksPatch(TrackIds):
    """Change tracks in the same way."""

    change: SharedPatch
    """What is changed in each of them."""


class TracksAnswer(Wire):
    """The tracks that a request was carried out for."""

    ids: Annotated[list[Id], Field(examples=[["4f1b0c9d2e7a5f38"]])]
    """Their ids."""


class PreviewAnswer(Wire):
    """An address that needs no token, for players."""

    url: Annotated[str, Field(examples=["/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/preview?key=eyJhbGciOi…"])]
    """The address of the track's file; it answers to ranges."""
    expires_in: Annotated[int, Field(examples=[3600])]
    """Seconds for which it is valid."""


class PreviewQuery(Query):
    """The key of a preview."""

    key: Annotated[str, Field(max_length=4096, examples=["eyJhbGciOi…"])]
    """As it came in the address."""


class PeaksView(Wire):
    """The waveform of a track."""

    peaks_per_s: Annotated[int, Field(examples=[20])]
    """Peaks for each second."""
    peaks: Annotated[str, Field(examples=["AAMSJk1h"])]
    """Their heights, a byte each from 0 to 255, in base64."""


class ArtQuery(Query):
    """Which picture is wanted."""

    size: Annotated[Literal[96, 300, 1000], BeforeValidator(digits), BeforeValidator(int), Field(examples=[300])] = 300
    """The length of its longer side in pixels, at most."""
    v: Annotated[str, Field(max_length=64, examples=["36690ea8"])] = ""
    """Passed over: another value for another picture, so that browsers can keep each."""


class LibraryChanged(Event):
    """Tracks or playlists have changed: ask for those that you show. Sent to those who run the station."""

    name = "library:changed"
    delivery = Delivery.LATEST
    audience = Audience.STAFF
    log = Log.STREAM

    what: Literal["tracks", "playlists"]
    """`playlists` also when tracks were put into one, moved or taken out."""

    @property
    def subject(self) -> str:
        """Return what has changed."""
        return self.what


TUS_VERSION = "1.0.0"
CHECKSUM = r"^(sha1|sha256) [A-Za-z0-9+/]{27,43}=$"
METADATA = r"^([!-~]+( [A-Za-z0-9+/]*=*)?)(, ?[!-~]+( [A-Za-z0-9+/]*=*)?)*$"
MAX_SIZE = 10**15 - 1


class TusHeaders(Query):
    """The version of https://tus.io that a request speaks."""

    resumable: Annotated[str, Field(alias="Tus-Resumable", examples=[TUS_VERSION])]
    """`1.0.0`; another version is answered with 412."""


class UploadHeaders(TusHeaders):
    """The upload that is wanted."""

    length: Annotated[
        int, Field(alias="Upload-Length", ge=0, le=MAX_SIZE, examples=[5832000]), BeforeValidator(many_digits)
    ]
    """The size of the file in bytes; an empty one is refused."""
    metadata: Annotated[
        str, Field(alias="Upload-Metadata", max_length=4096, pattern=METADATA, examples=["filename Y2hpcmFnLm1wMw=="])
    ] = ""
    """Names with values in base64; `filename` is the name of the file, and others are passed over."""


class ChunkHeaders(TusHeaders):
    """A part of an upload."""

    offset: Annotated[int, Field(alias="Upload-Offset", ge=0, le=MAX_SIZE, examples=[0]), BeforeValidator(many_digits)]
    """Where it begins: the number of bytes that have arrived."""
    checksum: Annotated[
        str | None, Field(alias="Upload-Checksum", pattern=CHECKSUM, examples=["sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="])
    ] = None
    """`sha1` or `sha256` of the part, in base64: a part that is not so is answered with 460, and not kept."""
