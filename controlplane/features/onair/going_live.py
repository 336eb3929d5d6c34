"""Reads a press of Go live or Stop as a decision. Pure."""

from dataclasses import dataclass, replace

from controlplane.features.onair.decision import Decision
from controlplane.features.onair.state import PutOnAir, Station, TakenOffAir
from controlplane.kernel.errors import Conflict
from controlplane.kernel.mounts import SLOTS, Slot
from controlplane.kernel.text import clean, clean_lines
from controlplane.protocol.going_live import GoLiveRequest, GoLiveSource

TEXT_BYTES = 160
"""Of a broadcast's title, its show and its host."""
DESCRIPTION_BYTES = 8000


@dataclass(frozen=True, slots=True)
class Recorded:
    """The fields of a recording that listeners see, where a request has none."""

    title: str
    host: str
    art_url: str | None


def put_on_air(request: GoLiveRequest, broadcast_id: str, station: Station) -> Decision:
    """Return what a request decides; raise Conflict where there is nothing to put on air, or somebody else is."""
    slot = request.id or _meant(station, request.source)
    if slot is None or station.source(slot).encoder is None:
        what = "microphone" if request.source == "browser" else "encoder"
        raise Conflict(f"no {what} is connected: connect one first, and then go live")
    if station.live is None or station.live.slot != slot:
        _require_free(station, request.replaces)
    seen = _said(request, slot, broadcast_id)
    encoder = station.source(slot).encoder
    host = seen.host or (encoder.host if encoder is not None else None)
    return Decision(seen, "broadcast.start", seen.title or seen.show or "", {"host": host})


def put_recording_on_air(request: GoLiveRequest, broadcast_id: str, recorded: Recorded, station: Station) -> Decision:
    """Return what a request for an upload decides; raise Conflict where somebody else is on air."""
    _require_free(station, request.replaces)
    said = _said(request, None, broadcast_id)
    seen = replace(
        said,
        title=said.title or clean(recorded.title, TEXT_BYTES),
        host=said.host or clean(recorded.host, TEXT_BYTES),
        art_url=recorded.art_url,
    )
    return Decision(seen, "broadcast.start", seen.title or "", {"host": seen.host})


def take_off_air(broadcast_id: str, now: float, station: Station) -> Decision:
    """Return the decision to end a broadcast; raise Conflict if another one is on air, or none."""
    found = station.foreground
    if found is None or found.id != broadcast_id:
        raise Conflict("that broadcast is not on air any more")
    detail = {"host": found.host, "seconds": str(round(now - found.started_at))}
    return Decision(TakenOffAir(broadcast_id), "broadcast.stop", found.title or found.show or "", detail)


def _require_free(station: Station, replaces: str | None) -> None:
    if station.autodj is None:
        raise Conflict("the station's pipeline is not on air yet: try again in a moment")
    found = station.foreground
    if found is not None and found.id != replaces:
        who = found.host or "Somebody"
        raise Conflict(f"{who} is on air: to take over from them, name their broadcast {found.id} as `replaces`")


def _said(request: GoLiveRequest, slot: Slot | None, broadcast_id: str) -> PutOnAir:
    return PutOnAir(
        slot,
        broadcast_id,
        title=_text(request.title),
        show=_text(request.show),
        host=_text(request.host),
        description=None if request.description is None else clean_lines(request.description, DESCRIPTION_BYTES),
    )


def _meant(station: Station, kind: GoLiveSource) -> Slot | None:
    """Return the source that is meant where none is named: the one that waits, or the one on air, if there is one."""
    encoders = [(slot, station.source(slot).encoder) for slot in SLOTS]
    connected = [slot for slot, each in encoders if each is not None and each.is_browser is (kind == "browser")]
    waiting = [slot for slot in connected if station.live is None or station.live.slot != slot]
    if len(waiting) > 1:
        raise Conflict("two sources are connected: name one of them as `id`")
    return next(iter(waiting or connected), None)


def _text(text: str | None) -> str | None:
    return None if text is None else clean(text, TEXT_BYTES)
