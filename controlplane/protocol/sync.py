"""Heard-time: where a mount is, so that players hear the same moment, and show what is heard."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypeAliasType

from controlplane.kernel.positions import AudioPosition
from controlplane.protocol.base import Body, Wire
from controlplane.protocol.types import INTEGRAL, UnixMs

Mount = Annotated[str, Field(max_length=64, examples=["/awaz.mp3"])]
StreamEpoch = Annotated[str, Field(examples=["5f0c9a1be27d"])]
FrameNumber = Annotated[int, Field(ge=0, examples=[18342])]
Checksum = Annotated[int | None, WithJsonSchema({"type": ["integer", "null"], "minimum": 0})]
UnixS = Annotated[float, Field(examples=[1795600000.25])]
MAX_LAG_MS = 60_000
LagMs = Annotated[int | None, Field(ge=0, le=MAX_LAG_MS, examples=[3012]), INTEGRAL]


class AudioPositionView(Wire):
    """A place in what listeners are sent."""

    mount: Mount
    """The mount whose frames are numbered."""
    stream_epoch: StreamEpoch
    """The unbroken run of the numbers."""
    frame: FrameNumber
    """The number of the frame."""
    at: UnixMs
    """When that frame was on the mount."""

    @classmethod
    def of(cls, known: AudioPosition | None) -> "AudioPositionView | None":
        """Return a place as it travels; None for one that is not known."""
        if known is None:
            return None
        return cls(mount=known.mount, stream_epoch=known.epoch, frame=known.frame, at=round(known.at * 1000))


HeardBy = Callable[[str, int | None], AudioPositionView | None]
"""Returns what somebody hears, by the station and the `lag_ms` that they have told."""


class AnchorsQuery(Body):
    """The query of a mount's anchors."""

    mount: Mount | None = None
    """A public mount of the station; its MP3 mount if it is left out."""


class Anchors(Wire):
    """The newest frames of a mount, and when each is to be heard: frame `n` at `t0 + n * frame_s + target_s`.

    A player computes the CRC-32 (ISO 3309, as in zlib) of each whole frame that it receives, header included. Three of
    them in a row that are in `crc` say which number its own frames have.
    """

    mount: Mount
    """The mount."""
    stream_epoch: StreamEpoch
    """The unbroken run of the numbers; with another one, they begin anew."""
    n0: FrameNumber
    """The number of the first frame in `crc`."""
    crc: Annotated[list[Checksum], Field(examples=[[2837462919, None, 501827364]])]
    """The checksums of the frames from `n0` on; null where another frame of the last minute has the same one."""
    t0: UnixS
    """When frame 0 was on the mount, in unix seconds: moved by a millisecond a second at most."""
    frame_s: Annotated[float, Field(gt=0, examples=[0.026122448979591837])]
    """The duration of a frame in seconds."""
    target_s: Annotated[float, Field(ge=0, examples=[3.0])]
    """How long after it was on the mount a frame is to be heard, in seconds."""
    server_time: UnixS
    """The server's time when this was put together."""


SyncMode = TypeAliasType(
    "SyncMode",
    Annotated[
        Literal["synced", "approximate", "starting", "other"],
        Field(
            description="How a listener plays: in sync with everybody (`synced`), as ordinary players do "
            "(`approximate`), not yet (`starting`), or in a way of its own (`other`)."
        ),
    ],
)


def mode_of(reported: str | None) -> Literal["synced", "approximate", "starting", "other"]:
    """Return the mode that a player has reported in its own words."""
    match reported:
        case "synced" | "approximate" | "starting":
            return reported
        case _:
            return "other"


Milliseconds = Annotated[float, Field(ge=0, examples=[12.5])]


class Spread(Wire):
    """How listeners differ, in milliseconds."""

    p50: Milliseconds
    """Half of them have no more."""
    p95: Milliseconds
    """95 in 100 have no more."""
    max: Milliseconds
    """The most."""


class ListenersInSync(Wire):
    """How the listeners on web pages play, as their pages have reported in the last minute."""

    pages: Annotated[int, Field(ge=0, examples=[14])]
    """The pages that play the station."""
    synced: Annotated[int, Field(ge=0, examples=[12])]
    """Those of them that play in sync with each other."""
    approximate: Annotated[int, Field(ge=0, examples=[2])]
    """Those that play as ordinary players do."""
    error_ms: Spread | None = None
    """How far those in sync are from what they are to play; absent while none is."""
    latency_ms: Spread | None = None
    """How long after it was on the mount they hear it; absent while nobody does."""
    heard_after_ms: Annotated[int | None, Field(ge=0, examples=[4100])] = None
    """The time from sending the live source to hearing it; half of the pages hear it within that. Absent while nothing
    is live, and until it was measured."""


class ServerTime(Wire):
    """The server's clock."""

    server_time: UnixS
    """Now, in unix seconds."""
