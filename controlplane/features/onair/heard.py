"""Decides what is heard, and what it is called, from what the pipeline plays and what a host has said. Pure."""

import hashlib
from dataclasses import replace

from controlplane.features.onair import titles
from controlplane.features.onair.state import Broadcast, NowChanged, NowPlaying, Outcome, Playing, Station
from controlplane.features.onair.titles import Title
from controlplane.kernel.text import clean

OVERDUE_S = 4.0
"""A title that Icecast has and the pipeline has not reported by then got lost: two seconds are usual."""


def note_playing(station: Station, playing: Playing, now: float) -> Station:
    """Note what the pipeline plays."""
    if playing == station.playing:
        return station
    # The first status after a start changes no track: a title that was posted before still holds.
    override = station.title_override if station.playing is None else None
    return replace(station, playing=playing, playing_since=now, title_override=override)


def note_overdue(station: Station, now: float) -> Station:
    """Take over a title that an encoder sent to Icecast and the pipeline did not get."""
    playing = station.playing
    overdue = station.sent_at > station.playing_since and now - station.sent_at >= OVERDUE_S
    if not overdue or playing is None or playing.source != "live":
        return station
    sent = titles.parse(station.sent_title)
    if sent == titles.parse(playing.title, playing.artist):
        sent = None
    return replace(station, sent_at=0.0, title_override=sent or station.title_override)


def settle(out: Outcome, now: float) -> None:
    """Settle the track that is heard from the facts, with an event if it is another one."""
    station = out.station
    broadcast, playing = _audible(station), station.playing
    if playing is None and _overrides_title(station):
        # A posted title is shown even before the pipeline has said what it plays.
        playing = Playing("auto")
    if playing is None or playing.source == "none" or broadcast is None or _plays_what_has_ended(station, playing):
        if station.autodj is None:
            out.station = replace(station, now=None)
        return
    now_playing = _now_playing(station, _named(station, playing), broadcast, now)
    if station.now is not None and replace(now_playing, started_at=station.now.started_at) == station.now:
        return
    same_track = station.now is not None and _track(station.now) == _track(now_playing)
    if station.now is not None and same_track:
        now_playing = replace(now_playing, started_at=station.now.started_at, position=station.now.position)
    out.station = replace(station, now=now_playing)
    out.changes.append(NowChanged(now_playing))


def _plays_what_has_ended(station: Station, playing: Playing) -> bool:
    """Say whether the pipeline was last heard to play an encoder or a recording whose broadcast has ended."""
    live, foreground = station.live, station.foreground
    if playing.broadcast and (foreground is None or playing.broadcast != foreground.id):
        return True
    return playing.source == "live" and (live is None or (playing.slot is not None and playing.slot != live.slot))


def _overrides_title(station: Station) -> bool:
    return station.title_override is not None and (station.now is None or station.now.title != station.title_override)


def _audible(station: Station) -> Broadcast | None:
    if station.playing is None:
        return station.broadcast
    return station.foreground if carries(station.playing, station.foreground) else station.autodj


def carries(playing: Playing, foreground: Broadcast | None) -> bool:
    """Say whether what plays belongs to a broadcast over AutoDJ."""
    if foreground is None:
        return False
    if foreground.kind == "upload":
        return playing.broadcast == foreground.id
    return playing.source == "live"


def _named(station: Station, playing: Playing) -> Playing:
    """Return what plays, by the names that it had if the library does not know it any more."""
    now = station.now
    if playing.title or not playing.item or now is None or now.item != playing.item:
        return playing
    title, artist = now.title.title, now.title.artist
    return Playing(playing.source, title, artist, now.album, now.track_id, now.item, now.art, duration_s=now.duration_s)


def _now_playing(station: Station, playing: Playing, broadcast: Broadcast, now: float) -> NowPlaying:
    # The track for when there is no music says so to listeners of the mount; it is no track of the station.
    sent = None if playing.source == "safe" else titles.parse(playing.title, playing.artist)
    named = station.title_override or sent
    title = named or Title(broadcast.title or broadcast.show or station.name, broadcast.host or "")
    plays_own = named is not None and station.title_override is None
    own = playing.track_id if plays_own else ""
    track_id = own or hashlib.sha256(title.icy.casefold().encode()).hexdigest()[:16]
    return NowPlaying(
        track_id=track_id,
        title=title,
        album=clean(playing.album) if plays_own else "",
        duration_s=playing.duration_s if plays_own else 0.0,
        position=playing.position if station.title_override is None else None,
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
