"""Decides what a station's observations mean. Pure.

`observe` takes a station, one observation and the time, and returns the station after it and the events that follow.
First the observation is noted as a fact; then broadcasts and what is playing are settled from the facts alone, so the
order and number of observations do not matter once the truth has been seen.
"""

import hashlib
from dataclasses import replace

from controlplane.features.onair import titles
from controlplane.features.onair.quality import quality
from controlplane.features.onair.state import (
    Broadcast,
    Change,
    CountChanged,
    Encoder,
    EncoderAuthorised,
    EncoderConnected,
    EncoderEvicted,
    EncoderGone,
    GracePeriods,
    IcecastSilent,
    MetadataPosted,
    Mount,
    MountBusy,
    MountsSeen,
    NowChanged,
    NowPlaying,
    Observation,
    Outcome,
    PipelineSeen,
    Playing,
    QualityChanged,
    Started,
    Station,
    Stopped,
    Tick,
)
from controlplane.features.onair.titles import Title
from controlplane.kernel.text import clean
from controlplane.protocol.onair import Kind, StopReason

EXPECTED_FOR_S = 30.0
"""How long an authorised encoder may take to appear on its mount; Icecast waits no longer for its headers."""

REFUSED_AFTER_S = 1.5
"""An authorised encoder that has not replaced the one on the mount by then was refused: hook and poll take less."""

HINT_HOLDS_S = 1.5
"""How long a hook that reports an encoder outweighs statistics without it, which may be older than the hook."""

OVERDUE_S = 4.0
"""A title that Icecast has and the pipeline has not reported by then got lost: two seconds are usual."""

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
    _settle_now(out, now)
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
            _note_hint(out, seen, now)
        case EncoderEvicted():
            _note_eviction(out)
        case PipelineSeen(playing, live_enabled, silent):
            out.station = _note_playing(replace(station, live_enabled=live_enabled, silent=silent), playing, now)
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
            # One that we did not authorise has to be seen by a poll.
            if _expected(station, now):
                out.station = _arrive(station, "", now)
        case EncoderGone():
            out.station = replace(station, encoder=None)


def _note_eviction(out: Outcome) -> None:
    station, foreground = out.station, out.station.foreground
    # The hook that says that it is gone may have come first.
    encoder = station.encoder or (foreground.encoder if foreground is not None else None)
    evicted = encoder.instance if encoder is not None and encoder.instance else station.evicted
    out.station = replace(station, encoder=None, expected=None, evicted=evicted)
    if foreground is not None and foreground.kind == "live":
        _stop_foreground(out, "host_removed")
        out.station = replace(out.station, title_override=None)


def _note_refusal(out: Outcome, now: float) -> None:
    station = out.station
    if station.expected is None or station.encoder is None or now - station.expected_at < REFUSED_AFTER_S:
        return
    if now - station.expected_at <= EXPECTED_FOR_S:
        out.changes.append(MountBusy(station.expected.host, station.encoder.host))
    out.station = replace(station, expected=None)


def _note_mounts(station: Station, seen: MountsSeen, now: float) -> Station:
    if station.icecast_down:
        # A broadcast that was interrupted while Icecast was down gets its whole grace period from now on.
        station = replace(
            station, icecast_down=False, autodj=_lost(station.autodj, now), foreground=_lost(station.foreground, now)
        )
    station = _note_ingest(station, seen.ingest, now)
    sent_title = seen.ingest.title if seen.ingest is not None else ""
    if sent_title != station.sent_title:
        station = replace(station, sent_title=sent_title, sent_at=now)
    up = seen.public is not None
    moved_at = now if up != station.public_up else station.moved_at
    listeners = seen.waiting + (seen.public.listeners if seen.public is not None else 0)
    if now - moved_at < MOVING_S:
        # Listeners that Icecast is moving between the two mounts are on neither.
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
    if ingest is None or ingest.instance == station.evicted:
        hinted = station.encoder is not None and not station.encoder.instance
        fresh = hinted and now - station.encoder_at < HINT_HOLDS_S
        return station if fresh or station.encoder is None else replace(station, encoder=None)
    if station.encoder is None or station.encoder.instance not in {"", ingest.instance}:
        return _arrive(station, ingest.instance, now)
    if station.encoder.instance:
        return station
    return replace(station, encoder=replace(station.encoder, instance=ingest.instance))


def _arrive(station: Station, instance: str, now: float) -> Station:
    known = station.foreground.encoder if station.foreground is not None else None
    if known is not None and instance and known.instance == instance:
        return replace(station, encoder=known, encoder_at=now)
    encoder = replace(_expected(station, now) or Encoder(), instance=instance)
    return replace(station, encoder=encoder, encoder_at=now, expected=None)


def _expected(station: Station, now: float) -> Encoder | None:
    return station.expected if now - station.expected_at <= EXPECTED_FOR_S else None


def _note_playing(station: Station, playing: Playing, now: float) -> Station:
    if playing == station.playing:
        return station
    # The first status after a start changes no track: a title that was posted before still holds.
    override = station.title_override if station.playing is None else None
    return replace(station, playing=playing, playing_since=now, title_override=override)


def _note_overdue(station: Station, now: float) -> Station:
    playing = station.playing
    overdue = station.sent_at > station.playing_since and now - station.sent_at >= OVERDUE_S
    if not overdue or playing is None or playing.source != "live":
        return station
    sent = titles.parse(station.sent_title)
    if sent == titles.parse(playing.title, playing.artist):
        sent = None
    return replace(station, sent_at=0.0, title_override=sent or station.title_override)


def _note_posted(station: Station, seen: MetadataPosted) -> Station:
    if seen.title is not None:
        station = replace(station, title_override=seen.title)
    foreground, autodj = station.foreground, station.autodj
    if foreground is not None:
        return replace(station, foreground=_presented(foreground, seen))
    return replace(station, autodj=_presented(autodj, seen)) if autodj is not None else station


def _presented(broadcast: Broadcast, seen: MetadataPosted) -> Broadcast:
    return replace(
        broadcast,
        show=broadcast.show if seen.show is None else seen.show or None,
        host=broadcast.host if seen.host is None else seen.host or None,
    )


def _settle_autodj(out: Outcome, now: float, grace: GracePeriods) -> None:
    station = out.station
    if station.public_up:
        if station.autodj is None:
            _start(out, "autodj", None, now)
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
    wanted = _wanted(station)
    foreground = station.foreground
    if foreground is not None and foreground.kind == "live" and not station.live_enabled:
        _stop_foreground(out, "taken_off_air")
    elif foreground is not None and wanted == foreground.kind and not _handed_over(foreground, station.encoder):
        encoder = _merged(foreground.encoder, station.encoder)
        present = encoder if station.encoder is not None else None
        out.station = replace(station, foreground=replace(foreground, encoder=encoder, lost_at=None), encoder=present)
        return
    elif foreground is not None and wanted == "live":
        _stop_foreground(out, "handover" if foreground.kind == "live" else "live_began")
    elif foreground is not None:
        _await_return(out, foreground, now, grace)
    if out.station.foreground is None and wanted is not None:
        _start(out, wanted, station.encoder if wanted == "live" else None, now)


def _wanted(station: Station) -> Kind | None:
    if station.encoder is not None and station.live_enabled:
        return "live"
    if station.playing is not None and station.playing.source == "queue":
        return "upload"
    return None


def _handed_over(foreground: Broadcast, encoder: Encoder | None) -> bool:
    if foreground.encoder is None or encoder is None:
        return False
    return bool(foreground.encoder.key_id and encoder.key_id) and foreground.encoder.key_id != encoder.key_id


def _merged(before: Encoder | None, after: Encoder | None) -> Encoder | None:
    if before is None or after is None or after.key_id:
        return after or before
    return replace(before, instance=after.instance or before.instance)


def _await_return(out: Outcome, foreground: Broadcast, now: float, grace: GracePeriods) -> None:
    if foreground.kind == "upload" and out.station.playing is None:
        return
    lost_at = now if foreground.lost_at is None else foreground.lost_at
    out.station = replace(out.station, foreground=replace(foreground, lost_at=lost_at))
    allowed = grace.encoder_s if foreground.kind == "live" else grace.upload_s
    if now - lost_at >= allowed:
        _stop_foreground(out, "encoder_gone" if foreground.kind == "live" else "finished")


def _start(out: Outcome, kind: Kind, encoder: Encoder | None, now: float) -> None:
    station = out.station
    name = f"{station.slug}\n{kind}\n{now:.3f}\n{station.broadcasts_started}"
    host = encoder.host or None if encoder is not None else None
    broadcast = Broadcast(hashlib.sha256(name.encode()).hexdigest()[:24], kind, now, encoder, host=host)
    if kind == "autodj":
        out.station = replace(station, autodj=broadcast, broadcasts_started=station.broadcasts_started + 1)
    else:
        out.station = replace(station, foreground=broadcast, broadcasts_started=station.broadcasts_started + 1)
    out.changes.append(Started(broadcast))


def _stop_foreground(out: Outcome, reason: StopReason) -> None:
    if out.station.foreground is not None:
        out.changes.append(Stopped(out.station.foreground, reason, "autodj"))
        out.station = replace(out.station, foreground=None)


def _settle_now(out: Outcome, now: float) -> None:
    station = out.station
    broadcast, playing = _audible(station), station.playing
    if playing is None and _overrides_title(station):
        # A posted title is shown even before the pipeline has said what it plays.
        playing = Playing("auto")
    if playing is None or playing.source == "none" or broadcast is None or _plays_evicted(station, playing):
        if station.autodj is None:
            out.station = replace(station, now=None)
        return
    now_playing = _now_playing(station, _named(station, playing), broadcast, now)
    if station.now is not None and replace(now_playing, started_at=station.now.started_at) == station.now:
        return
    same_track = station.now is not None and _track(station.now) == _track(now_playing)
    if station.now is not None and same_track:
        now_playing = replace(now_playing, started_at=station.now.started_at)
    out.station = replace(station, now=now_playing)
    out.changes.append(NowChanged(now_playing))


def _plays_evicted(station: Station, playing: Playing) -> bool:
    """Say whether the pipeline still plays the last of an encoder that was cut off."""
    return bool(station.evicted) and playing.source == "live" and station.foreground is None


def _overrides_title(station: Station) -> bool:
    return station.title_override is not None and (station.now is None or station.now.title != station.title_override)


def _audible(station: Station) -> Broadcast | None:
    if station.playing is None:
        return station.broadcast
    carrying: dict[str, Kind] = {"live": "live", "queue": "upload"}
    foreground = station.foreground
    return (
        foreground
        if foreground is not None and foreground.kind == carrying.get(station.playing.source)
        else station.autodj
    )


def _named(station: Station, playing: Playing) -> Playing:
    """Return what plays, by the names that it had if the library does not know it any more."""
    now = station.now
    if playing.title or not playing.item or now is None or now.item != playing.item:
        return playing
    title, artist = now.title.title, now.title.artist
    return Playing(playing.source, title, artist, now.album, now.track_id, now.item, now.art, now.duration_s)


def _now_playing(station: Station, playing: Playing, broadcast: Broadcast, now: float) -> NowPlaying:
    # The track for when there is no music says so to listeners of the mount; it is no track of the station.
    sent = None if playing.source == "safe" else titles.parse(playing.title, playing.artist)
    named = station.title_override or sent
    title = named or Title(broadcast.show or station.name, broadcast.host or "")
    plays_own = named is not None and station.title_override is None
    own = playing.track_id if plays_own else ""
    track_id = own or hashlib.sha256(title.icy.casefold().encode()).hexdigest()[:16]
    return NowPlaying(
        track_id=track_id,
        title=title,
        album=clean(playing.album) if plays_own else "",
        duration_s=playing.duration_s if plays_own else 0.0,
        item=playing.item if plays_own else "",
        art=playing.art if plays_own else "",
        show=broadcast.show,
        host=broadcast.host,
        broadcast_id=broadcast.id,
        kind=broadcast.kind,
        started_at=now,
        posted=station.title_override is not None,
        stand_in=named is None,
    )


def _track(now_playing: NowPlaying) -> tuple[str, str, str]:
    return now_playing.broadcast_id, now_playing.track_id, now_playing.item
