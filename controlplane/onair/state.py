"""A station on air: what is known of it, what can be seen, what can come of it. Values only."""

from dataclasses import dataclass, field
from typing import Literal

from controlplane.events import Kind
from controlplane.onair.titles import Title

Source = Literal["live", "queue", "auto", "safe", "none"]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a broadcast may miss what carries it before it ends."""

    encoder_s: float = 10.0
    upload_s: float = 1.0
    pipeline_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder on the ingest mount.

    `instance` is Icecast's start stamp of the connection, empty until Icecast told it. `key_id` is the stream key it
    came in with, empty where that is not known. `host` is the key's holder.
    """

    instance: str = ""
    key_id: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Something that began and will end; `lost_at` is set while what carries it is missing. Unix seconds."""

    id: str
    kind: Kind
    started_at: float
    encoder: Encoder | None = None
    show: str | None = None
    host: str | None = None
    lost_at: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the pipeline plays at this moment; the text as it came, not yet cleaned."""

    source: Source
    title: str = ""
    artist: str = ""
    album: str = ""
    track_id: str = ""
    # An estimate that wavers from one look to the next: not what makes a track another one.
    duration_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """The track that is heard, and who presents it; `started_at` in unix seconds."""

    track_id: str
    title: Title
    album: str
    show: str | None
    host: str | None
    broadcast_id: str
    kind: Kind
    started_at: float
    posted: bool = False
    duration_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Station:
    """All that decides what a station does next. Changed only by `rules.observe`."""

    slug: str
    name: str
    base: Broadcast | None = None
    over: Broadcast | None = None
    encoder: Encoder | None = None
    encoder_at: float = 0.0
    expected: Encoder | None = None
    expected_at: float = 0.0
    public_up: bool = False
    moved_at: float = 0.0
    live_enabled: bool = True
    heard: Heard | None = None
    heard_at: float = 0.0
    sent_title: str = ""
    sent_at: float = 0.0
    posted: Title | None = None
    now: NowPlaying | None = None
    listeners: int = 0
    peak: int = 0
    bitrate_kbps: int = 0
    encoder_kbps: int = 0
    silent: bool = False
    blind: bool = True
    begun: int = 0

    @property
    def broadcast(self) -> Broadcast | None:
        """The broadcast that is on air: the one that nests over AutoDJ, or AutoDJ's own."""
        return self.over or self.base


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount as Icecast reports it; `title` as the source sent it."""

    instance: str
    listeners: int = 0
    bitrate_kbps: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class MountsSeen:
    """Icecast's statistics of a station's mounts, None where one has no source. The truth.

    `waiting` are the listeners on the off-air mount, who came for the public one.
    """

    ingest: Mount | None
    public: Mount | None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class IcecastSilent:
    """Icecast does not answer: nothing is known until it does."""


@dataclass(frozen=True, slots=True)
class EncoderAuthorised:
    """Icecast asked whether an encoder may come in, and was told yes. A hint."""

    key_id: str
    host: str


@dataclass(frozen=True, slots=True)
class EncoderConnected:
    """Icecast took a source on the ingest mount. A hint."""


@dataclass(frozen=True, slots=True)
class EncoderGone:
    """Icecast lost the source of the ingest mount. A hint."""


@dataclass(frozen=True, slots=True)
class PipelineSeen:
    """What the pipeline says of itself. The truth about what is heard."""

    heard: Heard
    live_enabled: bool = True
    silent: bool = False


@dataclass(frozen=True, slots=True)
class MetadataPosted:
    """A host says what is heard, or who presents it; None leaves a field as it is, empty text clears it."""

    title: Title | None = None
    show: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""


Observation = (
    MountsSeen
    | IcecastSilent
    | EncoderAuthorised
    | EncoderConnected
    | EncoderGone
    | PipelineSeen
    | MetadataPosted
    | Tick
)


@dataclass(frozen=True, slots=True)
class Started:
    """A broadcast began."""

    broadcast: Broadcast


@dataclass(frozen=True, slots=True)
class Stopped:
    """A broadcast ended; `then` is what is on air after it."""

    broadcast: Broadcast
    reason: str
    then: Literal["autodj", "offair"]


@dataclass(frozen=True, slots=True)
class NowChanged:
    """Track, show or host changed."""

    now: NowPlaying


@dataclass(frozen=True, slots=True)
class CountChanged:
    """The number of listeners changed, or whether it is known."""


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """How the station is received changed."""


@dataclass(frozen=True, slots=True)
class MountBusy:
    """A second encoder asked for a mount that has one; Icecast refuses it."""

    host: str
    holder: str


Event = Started | Stopped | NowChanged | CountChanged | QualityChanged | MountBusy


@dataclass(slots=True)
class Outcome:
    """A station on its way through one observation, and what came of it so far."""

    station: Station
    events: list[Event] = field(default_factory=list)
