"""What a station's observations mean.

`observe` takes a station, one thing that was seen and the time, and gives the station after it and what changed.
First the observation is noted as a fact; then broadcasts and what is playing are settled from the facts alone, so the
order and number of observations do not matter once the truth has been seen.
"""

import hashlib
from dataclasses import replace
from typing import Literal

from controlplane.events import Kind
from controlplane.onair import titles
from controlplane.onair.state import (
    Broadcast,
    CountChanged,
    Encoder,
    EncoderAuthorised,
    EncoderConnected,
    EncoderGone,
    Event,
    Heard,
    IcecastSilent,
    MetadataPosted,
    Mount,
    MountBusy,
    MountsSeen,
    NowChanged,
    NowPlaying,
    Observation,
    Outcome,
    Patience,
    PipelineSeen,
    QualityChanged,
    Started,
    Station,
    Stopped,
    Tick,
)
from controlplane.onair.titles import Title

EXPECTED_FOR_S = 30.0
"""How long an authorised encoder may take to appear on its mount; Icecast waits no longer for its headers."""

REFUSED_AFTER_S = 1.5
"""An authorised encoder that has not replaced the one on the mount by then was refused: hook and poll are quicker."""

HINT_HOLDS_S = 1.5
"""How long a hook's word that an encoder came outweighs statistics without it, which may be older than the hook."""

OVERDUE_S = 4.0
"""A title that Icecast has and the pipeline has not reported by then was not passed on: two seconds are usual."""

MOVING_S = 2.0
"""How long Icecast may take to move listeners to the off-air mount or back."""

QualityState = Literal["good", "degraded", "bad", "offline"]


def observe(station: Station, seen: Observation, now: float, patience: Patience) -> tuple[Station, tuple[Event, ...]]:
    """Return the station after `seen` at `now` (unix seconds) and the events that follow, in order."""
    before = station
    out = Outcome(station)
    _note(out, seen, now)
    if not out.station.blind:
        _settle_base(out, now, patience)
        _settle_over(out, now, patience)
    _settle_now(out, now)
    after = out.station
    if (after.listeners, after.peak, after.blind) != (before.listeners, before.peak, before.blind):
        out.events.append(CountChanged())
    if quality(after) != quality(before):
        out.events.append(QualityChanged())
    return after, tuple(out.events)


def close(station: Station, reason: str) -> tuple[Event, ...]:
    """Return the events that end all that is on."""
    out = Outcome(station)
    _stop_over(out, reason)
    if station.base is not None:
        out.events.append(Stopped(station.base, reason, "offair"))
    return tuple(out.events)


def quality(station: Station) -> tuple[QualityState, tuple[str, ...]]:
    """Judge how a station is received, with the reasons."""
    if station.base is None:
        return "offline", ("no_audio",)
    reasons = []
    if station.base.lost_at is not None:
        reasons.append("pipeline_reconnecting")
    if station.over is not None and station.over.lost_at is not None and station.over.kind == "live":
        reasons.append("encoder_reconnecting")
    if station.silent and station.heard is not None and station.heard.source == "live":
        reasons.append("silence")
    if station.blind:
        reasons.append("icecast_unreachable")
    if "pipeline_reconnecting" in reasons:
        return "bad", tuple(reasons)
    return ("degraded" if reasons else "good"), tuple(reasons)


def _note(out: Outcome, seen: Observation, now: float) -> None:
    station = out.station
    match seen:
        case MountsSeen():
            out.station = _note_mounts(station, seen, now)
        case IcecastSilent():
            out.station = replace(station, blind=True)
        case EncoderAuthorised() | EncoderConnected() | EncoderGone():
            _note_hint(out, seen, now)
        case PipelineSeen(heard, live_enabled, silent):
            out.station = _note_heard(replace(station, live_enabled=live_enabled, silent=silent), heard, now)
        case MetadataPosted():
            out.station = _note_posted(station, seen)
        case Tick():
            _note_refusal(out, now)
            out.station = _note_overdue(out.station, now)


def _note_hint(out: Outcome, seen: EncoderAuthorised | EncoderConnected | EncoderGone, now: float) -> None:
    station = out.station
    match seen:
        case EncoderAuthorised(key_id, host):
            out.station = replace(station, expected=Encoder("", key_id, host), expected_at=now)
        case EncoderConnected():
            # One that nobody asked us about has to be seen by a poll.
            if _expected(station, now):
                out.station = _arrive(station, "", now)
        case EncoderGone():
            out.station = replace(station, encoder=None)


def _note_refusal(out: Outcome, now: float) -> None:
    station = out.station
    if station.expected is None or station.encoder is None or now - station.expected_at < REFUSED_AFTER_S:
        return
    if now - station.expected_at <= EXPECTED_FOR_S:
        out.events.append(MountBusy(station.expected.host, station.encoder.host))
    out.station = replace(station, expected=None)


def _note_mounts(station: Station, seen: MountsSeen, now: float) -> Station:
    if station.blind:
        # What was lost while nothing could be seen gets its whole patience from now on.
        station = replace(station, blind=False, base=_lost(station.base, now), over=_lost(station.over, now))
    station = _note_ingest(station, seen.ingest, now)
    sent_title = seen.ingest.title if seen.ingest is not None else ""
    if sent_title != station.sent_title:
        station = replace(station, sent_title=sent_title, sent_at=now)
    up = seen.public is not None
    moved_at = now if up != station.public_up else station.moved_at
    listeners = seen.waiting + (seen.public.listeners if seen.public is not None else 0)
    if now - moved_at < MOVING_S:
        # Those whom Icecast is moving between the two mounts are on neither.
        listeners = max(listeners, station.listeners)
    return replace(
        station,
        public_up=up,
        moved_at=moved_at,
        listeners=listeners,
        peak=max(station.peak, listeners),
        encoder_kbps=seen.ingest.bitrate_kbps if seen.ingest is not None else 0,
        bitrate_kbps=seen.public.bitrate_kbps if seen.public is not None else station.bitrate_kbps,
    )


def _lost(broadcast: Broadcast | None, now: float) -> Broadcast | None:
    if broadcast is None or broadcast.lost_at is None:
        return broadcast
    return replace(broadcast, lost_at=now)


def _note_ingest(station: Station, ingest: Mount | None, now: float) -> Station:
    if ingest is None:
        hinted = station.encoder is not None and not station.encoder.instance
        fresh = hinted and now - station.encoder_at < HINT_HOLDS_S
        return station if fresh or station.encoder is None else replace(station, encoder=None)
    if station.encoder is None or station.encoder.instance not in {"", ingest.instance}:
        return _arrive(station, ingest.instance, now)
    if station.encoder.instance:
        return station
    return replace(station, encoder=replace(station.encoder, instance=ingest.instance))


def _arrive(station: Station, instance: str, now: float) -> Station:
    known = station.over.encoder if station.over is not None else None
    if known is not None and instance and known.instance == instance:
        return replace(station, encoder=known, encoder_at=now)
    encoder = replace(_expected(station, now) or Encoder(), instance=instance)
    return replace(station, encoder=encoder, encoder_at=now, expected=None)


def _expected(station: Station, now: float) -> Encoder | None:
    return station.expected if now - station.expected_at <= EXPECTED_FOR_S else None


def _note_heard(station: Station, heard: Heard, now: float) -> Station:
    if heard == station.heard:
        return station
    # The first look after a start changes nothing that was heard: what was posted before holds.
    posted = station.posted if station.heard is None else None
    return replace(station, heard=heard, heard_at=now, posted=posted)


def _note_overdue(station: Station, now: float) -> Station:
    heard = station.heard
    overdue = station.sent_at > station.heard_at and now - station.sent_at >= OVERDUE_S
    if not overdue or heard is None or heard.source != "live":
        return station
    sent = titles.parse(station.sent_title)
    if sent == titles.parse(heard.title, heard.artist):
        sent = None
    return replace(station, sent_at=0.0, posted=sent or station.posted)


def _note_posted(station: Station, seen: MetadataPosted) -> Station:
    if seen.title is not None:
        station = replace(station, posted=seen.title)
    over, base = station.over, station.base
    if over is not None:
        return replace(station, over=_presented(over, seen))
    return replace(station, base=_presented(base, seen)) if base is not None else station


def _presented(broadcast: Broadcast, seen: MetadataPosted) -> Broadcast:
    return replace(
        broadcast,
        show=broadcast.show if seen.show is None else seen.show or None,
        host=broadcast.host if seen.host is None else seen.host or None,
    )


def _settle_base(out: Outcome, now: float, patience: Patience) -> None:
    station = out.station
    if station.public_up:
        if station.base is None:
            _start(out, "autodj", None, now)
        elif station.base.lost_at is not None:
            out.station = replace(station, base=replace(station.base, lost_at=None))
        return
    if station.base is None:
        return
    base = replace(station.base, lost_at=now if station.base.lost_at is None else station.base.lost_at)
    out.station = replace(station, base=base)
    if base.lost_at is not None and now - base.lost_at >= patience.pipeline_s:
        _stop_over(out, "pipeline_gone")
        out.station = replace(out.station, base=None)
        out.events.append(Stopped(base, "pipeline_gone", "offair"))


def _settle_over(out: Outcome, now: float, patience: Patience) -> None:
    station = out.station
    if station.base is None:
        return
    wanted = _wanted(station)
    over = station.over
    if over is not None and over.kind == "live" and not station.live_enabled:
        _stop_over(out, "taken_off_air")
    elif over is not None and wanted == over.kind and not _handed_over(over, station.encoder):
        encoder = _told(over.encoder, station.encoder)
        present = encoder if station.encoder is not None else None
        out.station = replace(station, over=replace(over, encoder=encoder, lost_at=None), encoder=present)
        return
    elif over is not None and wanted == "live":
        _stop_over(out, "handover" if over.kind == "live" else "live_began")
    elif over is not None:
        _wait_for(out, over, now, patience)
    if out.station.over is None and wanted is not None:
        _start(out, wanted, station.encoder if wanted == "live" else None, now)


def _wanted(station: Station) -> Kind | None:
    if station.encoder is not None and station.live_enabled:
        return "live"
    if station.heard is not None and station.heard.source == "queue":
        return "upload"
    return None


def _handed_over(over: Broadcast, encoder: Encoder | None) -> bool:
    if over.encoder is None or encoder is None:
        return False
    return bool(over.encoder.key_id and encoder.key_id) and over.encoder.key_id != encoder.key_id


def _told(before: Encoder | None, after: Encoder | None) -> Encoder | None:
    if before is None or after is None or after.key_id:
        return after or before
    return replace(before, instance=after.instance or before.instance)


def _wait_for(out: Outcome, over: Broadcast, now: float, patience: Patience) -> None:
    if over.kind == "upload" and out.station.heard is None:
        return
    lost_at = now if over.lost_at is None else over.lost_at
    out.station = replace(out.station, over=replace(over, lost_at=lost_at))
    allowed = patience.encoder_s if over.kind == "live" else patience.upload_s
    if now - lost_at >= allowed:
        _stop_over(out, "encoder_gone" if over.kind == "live" else "finished")


def _start(out: Outcome, kind: Kind, encoder: Encoder | None, now: float) -> None:
    station = out.station
    name = f"{station.slug}\n{kind}\n{now:.3f}\n{station.begun}"
    host = encoder.host or None if encoder is not None else None
    broadcast = Broadcast(hashlib.sha256(name.encode()).hexdigest()[:24], kind, now, encoder, host=host)
    if kind == "autodj":
        out.station = replace(station, base=broadcast, begun=station.begun + 1)
    else:
        out.station = replace(station, over=broadcast, begun=station.begun + 1)
    out.events.append(Started(broadcast))


def _stop_over(out: Outcome, reason: str) -> None:
    if out.station.over is not None:
        out.events.append(Stopped(out.station.over, reason, "autodj"))
        out.station = replace(out.station, over=None)


def _settle_now(out: Outcome, now: float) -> None:
    station = out.station
    broadcast, heard = _audible(station), station.heard
    if heard is None and _is_unshown(station):
        # A posted title is shown even before the pipeline has said what it plays.
        heard = Heard("auto")
    if heard is None or heard.source == "none" or broadcast is None:
        if station.base is None:
            out.station = replace(station, now=None)
        return
    playing = _playing(station, heard, broadcast, now)
    if station.now is not None and replace(playing, started_at=station.now.started_at) == station.now:
        return
    same_track = station.now is not None and _track(station.now) == _track(playing)
    if station.now is not None and same_track:
        playing = replace(playing, started_at=station.now.started_at)
    out.station = replace(station, now=playing)
    out.events.append(NowChanged(playing))


def _is_unshown(station: Station) -> bool:
    return station.posted is not None and (station.now is None or station.now.title != station.posted)


def _audible(station: Station) -> Broadcast | None:
    if station.heard is None:
        return station.broadcast
    carrying: dict[str, Kind] = {"live": "live", "queue": "upload"}
    over = station.over
    return over if over is not None and over.kind == carrying.get(station.heard.source) else station.base


def _playing(station: Station, heard: Heard, broadcast: Broadcast, now: float) -> NowPlaying:
    named = station.posted or titles.parse(heard.title, heard.artist)
    title = named or Title(broadcast.show or station.name, broadcast.host or "")
    own = heard.track_id if named is not None and station.posted is None else ""
    track_id = own or hashlib.sha256(title.icy.casefold().encode()).hexdigest()[:16]
    return NowPlaying(
        track_id=track_id,
        title=title,
        album=titles.clean(heard.album) if named is not None and station.posted is None else "",
        duration_s=heard.duration_s if named is not None and station.posted is None else 0.0,
        show=broadcast.show,
        host=broadcast.host,
        broadcast_id=broadcast.id,
        kind=broadcast.kind,
        started_at=now,
        posted=station.posted is not None,
    )


def _track(playing: NowPlaying) -> tuple[str, str]:
    return playing.broadcast_id, playing.track_id
