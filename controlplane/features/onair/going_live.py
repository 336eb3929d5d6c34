"""Reads a press of Go live or Stop as a decision. Pure."""

from controlplane.features.onair.decision import Decision
from controlplane.features.onair.state import PutOnAir, Station, TakenOffAir
from controlplane.kernel.errors import Conflict
from controlplane.kernel.mounts import SLOTS, Slot
from controlplane.kernel.text import clean, clean_lines
from controlplane.protocol.going_live import GoLiveRequest, SourceKind

TEXT_BYTES = 160
"""Of a broadcast's title, its show and its host."""
DESCRIPTION_BYTES = 8000


def put_on_air(request: GoLiveRequest, broadcast_id: str, station: Station) -> Decision:
    """Return what a request decides; raise Conflict where there is nothing to put on air, or somebody else is."""
    if station.autodj is None:
        raise Conflict("the station's pipeline is not on air yet: try again in a moment")
    slot, live = request.id or _meant(station, request.source), station.live
    if slot is None or station.source(slot).encoder is None:
        what = "microphone" if request.source == "browser" else "encoder"
        raise Conflict(f"no {what} is connected: connect one first, and then go live")
    if live is not None and live.slot != slot and live.id != request.replaces:
        who = live.host or "Somebody"
        raise Conflict(f"{who} is on air: to take over from them, name their broadcast {live.id} as `replaces`")
    seen = PutOnAir(
        slot,
        broadcast_id,
        title=_text(request.title),
        show=_text(request.show),
        host=_text(request.host),
        description=None if request.description is None else clean_lines(request.description, DESCRIPTION_BYTES),
    )
    return Decision(seen, "broadcast.start", seen.title or seen.show or "", {"host": _host(station, seen)})


def take_off_air(broadcast_id: str, now: float, station: Station) -> Decision:
    """Return the decision to end a broadcast; raise Conflict if another one is on air, or none."""
    live = station.live
    if live is None or live.id != broadcast_id:
        raise Conflict("that broadcast is not on air any more")
    detail = {"host": live.host, "seconds": str(round(now - live.started_at))}
    return Decision(TakenOffAir(broadcast_id), "broadcast.stop", live.title or live.show or "", detail)


def _meant(station: Station, kind: SourceKind) -> Slot | None:
    """Return the source that is meant where none is named: the one that waits, or the one on air, if there is one."""
    encoders = [(slot, station.source(slot).encoder) for slot in SLOTS]
    connected = [slot for slot, each in encoders if each is not None and each.is_browser is (kind == "browser")]
    waiting = [slot for slot in connected if station.live is None or station.live.slot != slot]
    if len(waiting) > 1:
        raise Conflict("two sources are connected: name one of them as `id`")
    return next(iter(waiting or connected), None)


def _host(station: Station, seen: PutOnAir) -> str | None:
    encoder = station.source(seen.slot).encoder
    return seen.host or (encoder.host if encoder is not None else None)


def _text(text: str | None) -> str | None:
    return None if text is None else clean(text, TEXT_BYTES)
