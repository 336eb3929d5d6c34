"""Going live: bodies, answers and events about the sources of a station."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from controlplane.kernel.mounts import Slot
from controlplane.protocol.base import Body, Event, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.onair_views import BroadcastView
from controlplane.protocol.paging import Query
from controlplane.protocol.types import INTEGRAL, Id, PersonName, Show, Title, UnixMs, Word

SourceState = TypeAliasType(
    "SourceState",
    Annotated[
        Literal["absent", "connecting", "preview", "on_air", "ending", "lost"],
        Field(
            description="A source: `absent`; `connecting`, and not decoded yet; in `preview`, heard by hosts alone; "
            "`on_air`; `ending`, while it is faded out; or `lost`, on air and gone, with time to come back."
        ),
    ],
)
SourceId = TypeAliasType(
    "SourceId",
    Annotated[
        Slot,
        Field(description="One of a station's two sources: `a` sends to `/ingest/{slug}`, `b` to `/ingest/{slug}/b`."),
    ],
)
SourceKind = TypeAliasType(
    "SourceKind",
    Annotated[
        Literal["encoder", "browser"],
        Field(description="What a source is: an `encoder` such as OBS or butt, or the microphone of a `browser`."),
    ],
)
GoLiveSource = TypeAliasType(
    "GoLiveSource",
    Annotated[
        Literal["encoder", "browser", "upload"],
        Field(
            description="What goes on air: an `encoder`, the microphone of a `browser`, or an `upload`: a track or a "
            "playlist of the library as a broadcast of its own."
        ),
    ],
)
_NONE: JsonDict = {"type": "null"}
_ID: JsonDict = {"type": "string"}
_RECORDING: JsonDict = {
    "if": {"properties": {"source": {"const": "upload"}}},
    "then": {
        "oneOf": [
            {"properties": {"track_id": _ID, "playlist_id": _NONE}, "required": ["track_id"]},
            {"properties": {"track_id": _NONE, "playlist_id": _ID}, "required": ["playlist_id"]},
        ]
    },
    "else": {"properties": {"track_id": _NONE, "playlist_id": _NONE}},
}
BroadcastTitle = Annotated[Title, Field(max_length=200)]
Description = Annotated[str, Field(max_length=2000, examples=["Two hours of ghazals, with your wishes."])]


class GoLiveRequest(Body):
    """Put a source or a recording on air; what is left out of the fields that listeners see stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            **_RECORDING,
            "examples": [{"source": "encoder", "title": "An evening of ghazals", "show": "Evening raga"}],
        }
    )

    source: GoLiveSource
    """The kind of source that goes on air."""
    id: SourceId | None = None
    """Which encoder or browser, where both could be meant."""
    track_id: Annotated[Word | None, Field(examples=["4f1b0c9d2e7a5f38"])] = None
    """The track that is an `upload`."""
    playlist_id: Annotated[Word | None, Field(examples=["7c9e6679f4a2b3d10e5f8a6b"])] = None
    """The playlist that is an `upload`: in its order, and once."""
    replaces: Annotated[Id | None, Field(max_length=64)] = None
    """The broadcast that is on air and ends now: without it, nobody else is interrupted."""
    title: BroadcastTitle | None = None
    """The title of the broadcast, shown while its encoder sends no titles; without it, an `upload` has its own name."""
    show: Annotated[Show | None, Field(max_length=200)] = None
    """The show."""
    host: Annotated[PersonName | None, Field(max_length=200)] = None
    """The host's name; without it, that of the stream key's holder, or of who puts an `upload` on air."""
    description: Description | None = None
    """The description of the broadcast."""

    @model_validator(mode="after")
    def _plays_one_recording(self) -> Self:
        named = [name for name in ("track_id", "playlist_id") if getattr(self, name) is not None]
        if self.source == "upload" and len(named) != 1:
            raise PydanticCustomError("recording", "an upload needs one of track_id and playlist_id")
        if self.source != "upload" and named:
            raise PydanticCustomError("recording", "a track or a playlist belongs to the source upload alone")
        return self


class BroadcastAnswer(Wire):
    """The broadcast that is on air."""

    broadcast: BroadcastView
    """The broadcast."""


class StopRequest(Body):
    """End a live broadcast, whose encoder stays connected, in preview; or an upload."""

    broadcast_id: Annotated[Id, Field(max_length=64)]
    """The broadcast that is meant: a late request ends no other."""


class KickRequest(Body):
    """Disconnect a source, and keep its stream key from connecting again for some time."""

    source: SourceId
    """The source."""
    seconds: Annotated[int, Field(ge=0, le=86_400, examples=[300]), INTEGRAL]
    """How long its stream key opens nothing."""


class KickAnswer(Wire):
    """The source is disconnected."""

    locked_until: UnixMs | None = None
    """When its stream key works again, in unix milliseconds; absent if it is not known which key it used."""


class PreviewRequest(Body):
    """Hear a source before it is on air."""

    source: SourceId = "a"
    """The source."""


class SourcePreviewAnswer(Wire):
    """An address that needs no token, for players."""

    url: Annotated[str, Field(examples=["/api/v1/stations/awaz/preview?key=eyJhbGciOi…"])]
    """The address of the sound as its encoder sends it."""
    expires_in: Annotated[int, Field(examples=[300])]
    """Seconds for which playing can begin there."""


class SourcePreviewQuery(Query):
    """The key of a preview."""

    key: Annotated[str, Field(max_length=4096, examples=["eyJhbGciOi…"])]
    """As it came in the address."""


class SourceView(Wire):
    """A source of a station."""

    id: SourceId
    """Which one."""
    kind: SourceKind
    """The kind of source."""
    state: SourceState
    """Its state."""
    mount: Annotated[str, Field(examples=["/ingest/awaz"])]
    """The mount that its encoder sends to."""
    since: UnixMs | None = None
    """When its encoder connected, in unix milliseconds; absent without one."""
    host: PersonName | None = None
    """The holder of the stream key that it came in with, if that is known."""
    key_id: Id | None = None
    """The id of that stream key."""
    address: Annotated[str | None, Field(examples=["81.2.3.4"])] = None
    """Where its encoder connects from, if that is known."""
    client: Annotated[str | None, Field(examples=["butt 1.45"])] = None
    """What its encoder calls itself, if it says."""


Levels = Annotated[list[float], Field(max_length=2, examples=[[-9.2, -11.0]])]
Loudness = Annotated[float | None, Field(examples=[-16.4])]
RowState = TypeAliasType(
    "RowState",
    Annotated[
        Literal["ok", "warn", "bad", "waiting"],
        Field(description="A check of a source: `ok`, `warn`, `bad`, or `waiting` until there is something to check."),
    ],
)


class SignalRow(Wire):
    """One check of a source."""

    row: Literal[
        "connection",
        "format",
        "bitrate",
        "sample_rate",
        "channels",
        "level",
        "clipping",
        "silence",
        "titles",
        "delay",
    ]
    """The name of the check. Encoders have `titles`, browsers have `delay`."""
    state: RowState
    """The result."""
    actual: Annotated[str, Field(examples=["-31 LUFS"])]
    """What it is; empty while it is not known."""
    expected: Annotated[str, Field(examples=["-23 to -9 LUFS"])]
    """What it should be."""
    hint: Annotated[str, Field(examples=["Turn the output of your mixer or encoder up."])]
    """What to do, in English; empty if nothing is to be done."""


class SignalView(Wire):
    """A source, and how its sound arrives."""

    source: SourceView
    """The source."""
    level_db: Levels
    """The peaks of the last second in dBFS, left and right; empty until there is sound."""
    lufs: Loudness = None
    """The loudness of the last three seconds in LUFS (EBU R128)."""
    rows: list[SignalRow]
    """The checks."""


class SignalsAnswer(Wire):
    """The sources of a station."""

    broadcast: BroadcastView | None = None
    """The live or upload broadcast; absent while there is none."""
    dead_air_s: Annotated[int, Field(ge=0, examples=[30])]
    """For how many seconds a source on air may be silent before music plays in its place; 0 for ever."""
    auto_live: Annotated[bool, Field(examples=[True])]
    """Whether an encoder goes on air as soon as it connects."""
    signals: list[SignalView]
    """The sources, `a` first."""


class StreamSignal(SignalView, Event):
    """How the sound of a source arrives; each second while it is connected, and whenever its state changes."""

    name = "stream:signal"
    delivery = Delivery.LATEST
    audience = Audience.STAFF
    log = Log.STREAM

    @property
    def subject(self) -> str:
        """Return which source it is."""
        return self.source.id


EVENTS: tuple[type[Event], ...] = (StreamSignal,)
