"""A station on air: its state, the observations of it, and the events that follow from them. Values only."""

from dataclasses import dataclass, field, replace
from typing import Literal

from controlplane.features.onair.ingest import Encoder, Source
from controlplane.features.onair.titles import Title
from controlplane.kernel.mounts import SLOTS, Slot
from controlplane.kernel.positions import AudioPosition
from controlplane.liquidsoap.parse import Part
from controlplane.protocol.onair import Kind, StopReason


@dataclass(frozen=True, slots=True)
class GracePeriods:
    """Seconds that a broadcast may be without its encoder or recording, or without its pipeline, before it ends."""

    encoder_s: float = 10.0
    pipeline_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast; `lost_at` is set while its encoder, recording or pipeline is missing. Unix seconds.

    A live one comes from `slot`; an upload plays recordings, and is over when it has been heard and something else is.
    `art_url` is the picture of a recording.
    """

    id: str
    kind: Kind
    started_at: float
    encoder: Encoder | None = None
    slot: Slot | None = None
    title: str | None = None
    description: str | None = None
    show: str | None = None
    host: str | None = None
    art_url: str | None = None
    heard: bool = False
    lost_at: float | None = None


@dataclass(frozen=True, slots=True)
class Playing:
    """What the pipeline plays at this moment; the text as it came, not yet cleaned.

    `item` is the item of the plan, `broadcast` the one that it is a part of, and `art` the SHA-256 of its track's
    picture, all empty for anything else. `slot` is the ingest mount that is heard, and `position` where it begins in
    what listeners are sent, if that is known.
    """

    source: Part
    title: str = ""
    artist: str = ""
    album: str = ""
    track_id: str = ""
    item: str = ""
    art: str = ""
    broadcast: str = ""
    slot: Slot | None = None
    # Estimates that waver from one look to the next: not what makes a track another one.
    duration_s: float = field(default=0.0, compare=False)
    position: AudioPosition | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """The track that is heard, and who presents it; `started_at` in unix seconds.

    A `stand_in` names the show or the station where no title was sent: it is no track, and not in the history. `item`
    is the item of the plan that it is a playing of, and `art` the SHA-256 of its track's picture, both empty for
    anything else. `position` is where it begins in what listeners are sent, if that is known.
    """

    track_id: str
    title: Title
    album: str
    show: str | None
    host: str | None
    broadcast_id: str
    kind: Kind
    started_at: float
    posted: bool = False
    stand_in: bool = False
    item: str = ""
    art: str = ""
    duration_s: float = field(default=0.0, compare=False)
    position: AudioPosition | None = field(default=None, compare=False)

    @property
    def play_id(self) -> str:
        """The id of this one playing."""
        return self.item or f"{self.track_id}-{round(self.started_at * 1000):x}"


@dataclass(frozen=True, slots=True)
class Station:
    """All that decides what a station does next. Changed only by `rules.observe`. Times are unix seconds.

    `autodj` is the broadcast of the pipeline itself, `foreground` the live or upload broadcast over it. `playing` is
    what the pipeline plays, and `title_override` what a host said instead. `sources` are what comes in on the ingest
    mounts, in the order of `SLOTS`; with `auto_live` one of them is on air as soon as it comes, and with `auto_stop`
    its broadcast ends when it has been gone for the grace period.
    """

    slug: str
    name: str
    autodj: Broadcast | None = None
    foreground: Broadcast | None = None
    sources: tuple[Source, ...] = (Source(), Source())
    auto_live: bool = True
    auto_stop: bool = True
    public_up: bool = False
    moved_at: float = 0.0
    playing: Playing | None = None
    playing_since: float = 0.0
    sent_title: str = ""
    sent_at: float = 0.0
    title_override: Title | None = None
    now: NowPlaying | None = None
    listeners: int = 0
    peak: int = 0
    bitrate_kbps: int = 0
    encoder_kbps: int = 0
    silent: bool = False
    icecast_down: bool = True
    broadcasts_started: int = 0

    @property
    def broadcast(self) -> Broadcast | None:
        """The broadcast that is on air: the one that nests over AutoDJ, or AutoDJ's own."""
        return self.foreground or self.autodj

    @property
    def live(self) -> Broadcast | None:
        """The live broadcast, if there is one."""
        return self.foreground if self.foreground is not None and self.foreground.kind == "live" else None

    def source(self, slot: Slot) -> Source:
        """Return what comes in on an ingest mount."""
        return self.sources[SLOTS.index(slot)]

    def with_source(self, slot: Slot, source: Source) -> "Station":
        """Return the station with another state of an ingest mount."""
        return replace(self, sources=tuple(source if each == slot else self.source(each) for each in SLOTS))

    def on_air_encoder(self, slot: Slot) -> Encoder | None:
        """Return the encoder of the broadcast that comes from an ingest mount, also while it is gone."""
        return self.live.encoder if self.live is not None and self.live.slot == slot else None

    def key_id(self, slot: Slot) -> str:
        """Return the stream key of a mount's encoder, or of the one that a broadcast waits for; empty without one."""
        encoder = self.source(slot).encoder or self.on_air_encoder(slot)
        return encoder.key_id if encoder is not None else ""


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

    `ingest` and `second` are the ingest mounts. `waiting` are the listeners on the off-air mount, which Icecast moved
    there from the public one, and `own` how many of them and of the public mount's are the daemon's connections.
    """

    ingest: Mount | None
    public: Mount | None
    waiting: int = 0
    second: Mount | None = None
    own: int = 0


@dataclass(frozen=True, slots=True)
class IcecastSilent:
    """Icecast does not answer."""


@dataclass(frozen=True, slots=True)
class EncoderAuthorised:
    """Icecast asked about an encoder, and we authorised it. A hint."""

    key_id: str
    host: str
    slot: Slot = "a"


@dataclass(frozen=True, slots=True)
class EncoderConnected:
    """A source connected to an ingest mount. A hint."""

    slot: Slot = "a"


@dataclass(frozen=True, slots=True)
class EncoderGone:
    """The source of an ingest mount disconnected. A hint."""

    slot: Slot = "a"


@dataclass(frozen=True, slots=True)
class EncoderEvicted:
    """We cut an encoder off, because its key or its host's role is gone, or because it was kicked.

    Its broadcast ends without a grace period.
    """

    slot: Slot = "a"
    reason: Literal["host_removed", "kicked"] = "host_removed"


@dataclass(frozen=True, slots=True)
class PipelineSeen:
    """The pipeline's own status. The truth about what is heard.

    `heard` are the ingest mounts that it decodes, and `silent` those of them that have no sound.
    """

    playing: Playing
    heard: frozenset[Slot] = frozenset()
    silent: frozenset[Slot] = frozenset()


@dataclass(frozen=True, slots=True)
class Configured:
    """The station's settings: whether broadcasts start and end by themselves."""

    auto_live: bool
    auto_stop: bool


@dataclass(frozen=True, slots=True)
class PutOnAir:
    """Somebody put a source on air, or said more about the one that is; None leaves a field as it is.

    Without a slot, it is a recording. A broadcast that begins has the id `broadcast_id`, or one of its own without it.
    """

    slot: Slot | None
    broadcast_id: str = ""
    title: str | None = None
    show: str | None = None
    host: str | None = None
    description: str | None = None
    art_url: str | None = None


@dataclass(frozen=True, slots=True)
class TakenOffAir:
    """Somebody ended a live broadcast, or a recording; nothing happens if it is not on air any more."""

    broadcast_id: str


@dataclass(frozen=True, slots=True)
class MetadataPosted:
    """A host posted a title, a show or a host; None leaves a field as it is, empty text clears it."""

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
    | EncoderEvicted
    | PipelineSeen
    | Configured
    | PutOnAir
    | TakenOffAir
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
    reason: StopReason
    then: Literal["autodj", "offair"]


@dataclass(frozen=True, slots=True)
class NowChanged:
    """Track, show or host changed."""

    now: NowPlaying


@dataclass(frozen=True, slots=True)
class CountChanged:
    """The number of listeners changed, or whether it is up to date."""


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """The quality changed."""


@dataclass(frozen=True, slots=True)
class MountBusy:
    """An encoder wanted a mount that has one; Icecast refuses it."""

    host: str
    holder: str


Change = Started | Stopped | NowChanged | CountChanged | QualityChanged | MountBusy


@dataclass(slots=True)
class Outcome:
    """A station on its way through one observation, and the events so far."""

    station: Station
    changes: list[Change] = field(default_factory=list)
