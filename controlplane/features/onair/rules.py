"""Decides what a station's observations mean. Pure.

`observe` takes a station, one observation and the time, and returns the station after it and the events that follow.
First the observation is noted as a fact; then broadcasts and what is playing are settled from the facts alone, so the
order and number of observations do not matter once the truth has been seen.
"""

import hashlib
from dataclasses import replace
from typing import Literal

from controlplane.features.onair import heard, ingest
from controlplane.features.onair.ingest import Encoder
from controlplane.features.onair.quality import quality
from controlplane.features.onair.state import (
    Broadcast,
    Change,
    Configured,
    CountChanged,
    EncoderAuthorised,
    EncoderConnected,
    EncoderEvicted,
    EncoderGone,
    GracePeriods,
    IcecastSilent,
    MetadataPosted,
    MountBusy,
    MountsSeen,
    Observation,
    Outcome,
    PipelineSeen,
    Playing,
    PutOnAir,
    QualityChanged,
    Started,
    Station,
    Stopped,
    TakenOffAir,
    Tick,
)
from controlplane.kernel.mounts import SLOTS, Slot
from controlplane.protocol.going_live import SourceState
from controlplane.protocol.onair import Kind, StopReason

RECORDING_BEGINS_S = 15.0
"""How long a recording may take to be heard, and may be away while the pipeline starts anew."""

MOVING_S = 2.0
"""How long Icecast may take to move listeners to the off-air mount or back."""


def observe(station: Station, seen: Observation, now: float, grace: GracePeriods) -> tuple[Station, tuple[Change, ...]]:
    """Return the station after `seen` at `now` (unix seconds) and the events that follow, in order."""
    before = station
    out = Outcome(station)
    _note(out, seen, now)
    if not out.station.icecast_down:
        _settle_autodj(out, now, grace)
        _settle_foreground(out, now, grace)
    heard.settle(out, now)
    after = out.station
    if (after.listeners, after.peak, after.icecast_down) != (before.listeners, before.peak, before.icecast_down):
        out.changes.append(CountChanged())
    if quality(after) != quality(before):
        out.changes.append(QualityChanged())
    return after, tuple(out.changes)


def close(station: Station, reason: StopReason) -> tuple[Change, ...]:
    """Return the events that end all broadcasts."""
    out = Outcome(station)
    _stop_foreground(out, reason)
    if station.autodj is not None:
        out.changes.append(Stopped(station.autodj, reason, "offair"))
    return tuple(out.changes)


def _note(out: Outcome, seen: Observation, now: float) -> None:
    station = out.station
    match seen:
        case MountsSeen():
            out.station = _note_mounts(station, seen, now)
        case IcecastSilent():
            out.station = replace(station, icecast_down=True)
        case EncoderAuthorised() | EncoderConnected() | EncoderGone():
            out.station = _note_hint(station, seen, now)
        case EncoderEvicted():
            _note_eviction(out, seen)
        case PipelineSeen():
            out.station = heard.note_playing(_note_heard(station, seen), seen.playing, now)
        case Configured() | PutOnAir() | TakenOffAir() | MetadataPosted():
            _note_command(out, seen, now)
        case Tick():
            _note_refusals(out, now)
            out.station = heard.note_overdue(out.station, now)


def _note_hint(station: Station, seen: EncoderAuthorised | EncoderConnected | EncoderGone, now: float) -> Station:
    source = station.source(seen.slot)
    match seen:
        case EncoderAuthorised(key_id, host):
            source = ingest.authorised(source, Encoder("", key_id, host), now)
        case EncoderConnected(slot):
            source = ingest.connected(source, now, station.on_air_encoder(slot))
        case EncoderGone():
            source = ingest.left(source, now)
    return station.with_source(seen.slot, source)


def _note_eviction(out: Outcome, seen: EncoderEvicted) -> None:
    station = out.station
    source = ingest.evicted(station.source(seen.slot), station.on_air_encoder(seen.slot))
    out.station = station.with_source(seen.slot, source)
    if station.live is not None and station.live.slot == seen.slot:
        _stop_foreground(out, seen.reason)
        out.station = replace(out.station, title_override=None)


def _note_refusals(out: Outcome, now: float) -> None:
    for slot in SLOTS:
        source, refused = ingest.refused(out.station.source(slot), now)
        out.station = out.station.with_source(slot, source)
        if refused is not None and source.encoder is not None:
            out.changes.append(MountBusy(refused.host, source.encoder.host))


def _note_command(out: Outcome, seen: Configured | PutOnAir | TakenOffAir | MetadataPosted, now: float) -> None:
    match seen:
        case Configured(auto_live, auto_stop):
            out.station = replace(out.station, auto_live=auto_live, auto_stop=auto_stop)
        case PutOnAir():
            _put_on_air(out, seen, now)
        case TakenOffAir(broadcast_id):
            if out.station.foreground is not None and out.station.foreground.id == broadcast_id:
                _fade_out(out, now)
                _stop_foreground(out, "taken_off_air")
        case MetadataPosted():
            out.station = _note_posted(out.station, seen)


def _put_on_air(out: Outcome, seen: PutOnAir, now: float) -> None:
    station, live = out.station, out.station.live
    if station.foreground is not None and seen.broadcast_id == station.foreground.id:
        out.station = replace(station, foreground=_said(station.foreground, seen))
        return
    if seen.slot is None:
        for slot in SLOTS:
            # None of those that wait is to go on air in place of what was pressed.
            waiting = out.station.source(slot)
            out.station = out.station.with_source(slot, replace(waiting, held=waiting.encoder is not None))
        _fade_out(out, now)
        _stop_foreground(out, "handover")
        _start_over_autodj(out, "upload", now, seen)
        return
    source = station.source(seen.slot)
    # One that was committed begins in any case; without its encoder, it waits for that, and ends.
    if not seen.broadcast_id and (source.encoder is None or station.autodj is None):
        return
    if live is not None and live.slot == seen.slot:
        out.station = replace(station, foreground=_said(live, seen))
        return
    _fade_out(out, now)
    _stop_foreground(out, "handover" if live is not None else "live_began")
    out.station = out.station.with_source(seen.slot, replace(source, held=False, ending_until=0.0))
    _start_over_autodj(out, "live", now, seen)


def _start_over_autodj(out: Outcome, kind: Kind, now: float, seen: PutOnAir) -> None:
    _start(out, kind, now, seen.slot, seen)
    if out.station.autodj is None:
        # The pipeline has gone while it was committed.
        _stop_foreground(out, "pipeline_gone", "offair")


def _fade_out(out: Outcome, now: float) -> None:
    live = out.station.live
    if live is not None and live.slot is not None:
        out.station = out.station.with_source(live.slot, ingest.stopped(out.station.source(live.slot), now))


def _said(broadcast: Broadcast, seen: PutOnAir) -> Broadcast:
    broadcast = _presented(broadcast, seen)
    return replace(
        broadcast,
        title=broadcast.title if seen.title is None else seen.title or None,
        description=broadcast.description if seen.description is None else seen.description or None,
        art_url=seen.art_url or broadcast.art_url,
    )


def _note_mounts(station: Station, seen: MountsSeen, now: float) -> Station:
    if station.icecast_down:
        # A broadcast that was interrupted while Icecast was down gets its whole grace period from now on.
        station = replace(
            station, icecast_down=False, autodj=_lost(station.autodj, now), foreground=_lost(station.foreground, now)
        )
    for slot, mount in zip(SLOTS, (seen.ingest, seen.second), strict=True):
        instance = mount.instance if mount is not None else None
        source = ingest.seen(station.source(slot), instance, now, station.on_air_encoder(slot))
        station = station.with_source(slot, source)
    on_air = seen.second if station.live is not None and station.live.slot == "b" else seen.ingest
    sent_title = on_air.title if on_air is not None else ""
    if sent_title != station.sent_title:
        station = replace(station, sent_title=sent_title, sent_at=now)
    up = seen.public is not None
    moved_at = now if up != station.public_up else station.moved_at
    counted = seen.waiting + (seen.public.listeners if seen.public is not None else 0)
    listeners = max(0, counted - seen.own)
    if now - moved_at < MOVING_S:
        # Listeners that Icecast is moving between the two mounts are on neither.
        listeners = max(listeners, station.listeners)
    return replace(
        station,
        public_up=up,
        moved_at=moved_at,
        listeners=listeners,
        peak=max(station.peak, listeners),
        encoder_kbps=on_air.bitrate_kbps if on_air is not None else 0,
        bitrate_kbps=seen.public.bitrate_kbps if seen.public is not None else station.bitrate_kbps,
    )


def _lost(broadcast: Broadcast | None, now: float) -> Broadcast | None:
    if broadcast is None or broadcast.lost_at is None:
        return broadcast
    return replace(broadcast, lost_at=now)


def _note_heard(station: Station, seen: PipelineSeen) -> Station:
    for slot in SLOTS:
        station = station.with_source(slot, replace(station.source(slot), heard=slot in seen.heard))
    return replace(station, silent=station.live is not None and station.live.slot in seen.silent)


def _note_posted(station: Station, seen: MetadataPosted) -> Station:
    if seen.title is not None:
        station = replace(station, title_override=seen.title)
    foreground, autodj = station.foreground, station.autodj
    if foreground is not None:
        return replace(station, foreground=_presented(foreground, seen))
    return replace(station, autodj=_presented(autodj, seen)) if autodj is not None else station


def _presented(broadcast: Broadcast, seen: MetadataPosted | PutOnAir) -> Broadcast:
    return replace(
        broadcast,
        show=broadcast.show if seen.show is None else seen.show or None,
        host=broadcast.host if seen.host is None else seen.host or None,
    )


def _settle_autodj(out: Outcome, now: float, grace: GracePeriods) -> None:
    station = out.station
    if station.public_up:
        if station.autodj is None:
            _start(out, "autodj", now)
        elif station.autodj.lost_at is not None:
            out.station = replace(station, autodj=replace(station.autodj, lost_at=None))
        return
    if station.autodj is None:
        return
    autodj = replace(station.autodj, lost_at=now if station.autodj.lost_at is None else station.autodj.lost_at)
    out.station = replace(station, autodj=autodj)
    if autodj.lost_at is not None and now - autodj.lost_at >= grace.pipeline_s:
        _stop_foreground(out, "pipeline_gone")
        out.station = replace(out.station, autodj=None)
        out.changes.append(Stopped(autodj, "pipeline_gone", "offair"))


def _settle_foreground(out: Outcome, now: float, grace: GracePeriods) -> None:
    station = out.station
    if station.autodj is None:
        return
    if station.live is not None:
        _settle_live(out, station.live, now, grace)
    elif station.foreground is not None and _starting(station) is not None:
        _stop_foreground(out, "live_began")
    elif station.foreground is not None and station.playing is not None:
        _settle_recording(out, station.foreground, station.playing, now)
    slot = _starting(out.station)
    if out.station.foreground is None and slot is not None:
        _start(out, "live", now, slot)


def _settle_recording(out: Outcome, recording: Broadcast, playing: Playing, now: float) -> None:
    if heard.carries(playing, recording):
        out.station = replace(out.station, foreground=replace(recording, heard=True, lost_at=None))
        return
    if recording.heard and recording.lost_at is None:
        recording = replace(recording, lost_at=now)
    missing_since = recording.started_at if recording.lost_at is None else recording.lost_at
    if (recording.heard and playing.source == "auto") or now - missing_since >= RECORDING_BEGINS_S:
        _stop_foreground(out, "finished")
    else:
        out.station = replace(out.station, foreground=recording)


def _settle_live(out: Outcome, live: Broadcast, now: float, grace: GracePeriods) -> None:
    station = out.station
    slot = _whereabouts(station, live)
    if slot is not None:
        source = station.source(slot)
        encoder = (live.encoder or Encoder()).merged(source.encoder or Encoder())
        station = station.with_source(slot, replace(source, encoder=encoder))
        out.station = replace(station, foreground=replace(live, slot=slot, encoder=encoder, lost_at=None))
    elif live.slot is not None and live.slot == _starting(station):
        _stop_foreground(out, "handover")
    else:
        _await_return(out, live, now, grace)


def _whereabouts(station: Station, live: Broadcast) -> Slot | None:
    """Return the ingest mount at which the encoder of a broadcast is: its own, or the other if it came back there."""
    for slot in SLOTS:
        source, known = station.source(slot), live.encoder or Encoder()
        if source.encoder is None or known.is_other_than(source.encoder):
            continue
        same_key = bool(known.key_id) and known.key_id == source.encoder.key_id
        came_back = live.lost_at is not None and source.encoder_at >= live.lost_at and same_key
        if slot == (live.slot or SLOTS[0]) or came_back:
            return slot
    return None


def _starting(station: Station) -> Slot | None:
    """Return the ingest mount that goes on air by itself: the one whose encoder came first.

    A browser's microphone is connected beside the button, and heard by its host first.
    """
    sources = {slot: station.source(slot) for slot in SLOTS}
    waiting = [slot for slot, each in sources.items() if each.encoder and not each.encoder.is_browser and not each.held]
    first = min(waiting, key=lambda slot: station.source(slot).encoder_at, default=None)
    return first if station.auto_live else None


def wanted_slot(station: Station, now: float) -> Slot | None:
    """Return the ingest mount that the pipeline is to play, also while its encoder is gone and may come back.

    What somebody else connects there meanwhile is not to be heard.
    """
    live = station.live
    if live is None or live.slot is None:
        return None
    source, known = station.source(live.slot), live.encoder or Encoder()
    others = [each for each in (source.encoder, source.expects(now)) if each is not None and known.is_other_than(each)]
    return None if others and _whereabouts(station, live) is None else live.slot


def source_state(station: Station, slot: Slot, now: float) -> SourceState:
    """Return the state of one source of a station."""
    live = station.live
    is_on_air = live is not None and live.slot == slot
    return station.source(slot).state(now, on_air=is_on_air, lost=live is not None and live.lost_at is not None)


def _await_return(out: Outcome, live: Broadcast, now: float, grace: GracePeriods) -> None:
    lost_at = now if live.lost_at is None else live.lost_at
    out.station = replace(out.station, foreground=replace(live, lost_at=lost_at))
    if now - lost_at >= grace.encoder_s and out.station.auto_stop:
        _stop_foreground(out, "encoder_gone")


def _start(out: Outcome, kind: Kind, now: float, slot: Slot | None = None, said: PutOnAir | None = None) -> None:
    station = out.station
    name = f"{station.slug}\n{kind}\n{now:.3f}\n{station.broadcasts_started}"
    encoder = station.source(slot).encoder if slot is not None else None
    host = encoder.host or None if encoder is not None else None
    given = said.broadcast_id if said is not None else ""
    broadcast_id = given or hashlib.sha256(name.encode()).hexdigest()[:24]
    broadcast = Broadcast(broadcast_id, kind, now, encoder, slot, host=host)
    broadcast = _said(broadcast, said) if said is not None else broadcast
    if kind == "autodj":
        out.station = replace(station, autodj=broadcast, broadcasts_started=station.broadcasts_started + 1)
    else:
        out.station = replace(station, foreground=broadcast, broadcasts_started=station.broadcasts_started + 1)
    out.changes.append(Started(broadcast))


def _stop_foreground(out: Outcome, reason: StopReason, then: Literal["autodj", "offair"] = "autodj") -> None:
    if out.station.foreground is not None:
        out.changes.append(Stopped(out.station.foreground, reason, then))
        out.station = replace(out.station, foreground=None)
