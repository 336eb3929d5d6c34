"""Broadcasts and plays as rows: from events to rows, and from rows back to the state a station was left in."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db import onair as table
from controlplane.db.onair import BroadcastRow, PlayRow
from controlplane.features.onair.ingest import Encoder, Source
from controlplane.features.onair.journal import Write
from controlplane.features.onair.state import (
    Broadcast,
    Change,
    NowChanged,
    NowPlaying,
    Started,
    Station,
    Stopped,
)
from controlplane.features.onair.titles import Title
from controlplane.kernel.mounts import SLOTS
from controlplane.kernel.plan import PlanItem
from controlplane.kernel.stations import StationRow

RECENT_PLAYS = 20
"""Plays in a snapshot."""


def writes(station_id: str, before: Station, after: Station, changes: Iterable[Change], now: float) -> Iterable[Write]:
    """Return the writes that record one observation, in order."""
    for event in changes:
        match event:
            case Started(broadcast):
                yield partial(_start, station_id=station_id, broadcast=broadcast)
            case Stopped(broadcast, reason):
                yield partial(_change, broadcast_id=broadcast.id, values={"ended_at": _ms(now), "reason": reason})
                if after.now is None:
                    yield partial(_end_play, station_id=station_id, at_ms=_ms(now))
            case NowChanged(now_playing):
                yield partial(_play, station_id=station_id, now_playing=now_playing)
    for old, new in ((before.autodj, after.autodj), (before.foreground, after.foreground)):
        if old is not None and new is not None and old.id == new.id and _presented(old) != _presented(new):
            yield partial(_change, broadcast_id=new.id, values=_presented(new))


def restore(
    row: StationRow,
    open_broadcasts: list[BroadcastRow],
    newest: PlayRow | None,
    now: float,
    left_in_preview: Iterable[BroadcastRow] = (),
) -> Station:
    """Return a station as the rows have it: its broadcasts count as interrupted until they are seen again.

    What somebody took off air stays there, if its encoder is still connected.
    """
    autodj = foreground = None
    for entry in open_broadcasts:
        broadcast = _broadcast(entry, now)
        if broadcast.kind == "autodj":
            autodj = broadcast
        else:
            foreground = broadcast
    now_playing = None
    if newest is not None and newest.ended_at is None and autodj is not None:
        now_playing = _now_playing(newest)
    held = {entry.slot: Source(encoder=_encoder(entry), held=True) for entry in left_in_preview}
    return Station(
        slug=row.slug,
        name=row.name,
        sources=tuple(held.get(slot, Source()) for slot in SLOTS),
        autodj=autodj,
        foreground=foreground if autodj is not None else None,
        now=now_playing,
        title_override=now_playing.title if now_playing is not None and now_playing.posted else None,
        auto_live=row.auto_live,
        auto_stop=row.auto_stop,
        broadcasts_started=int(now),
    )


def missed(at_ms: int, item: PlanItem, broadcast: BroadcastRow) -> dict[str, str | int | None]:
    """Return the row of an item of the plan that was heard in a broadcast while no daemon ran."""
    track = item.track
    return _row(
        NowPlaying(
            track_id=track.id,
            title=Title(track.title, track.artist),
            album=track.album,
            show=broadcast.show,
            host=broadcast.host,
            broadcast_id=broadcast.id,
            kind=broadcast.kind,
            started_at=at_ms / 1000,
            item=item.id,
            art=track.art,
            duration_s=track.heard_ms / 1000,
        )
    )


def recent_plays(plays: tuple[PlayRow, ...], now_playing: NowPlaying | None, now: float) -> tuple[PlayRow, ...]:
    """Return the newest plays, newest first, with the one that is heard from now on in front."""
    newest = plays[0] if plays else None
    row = None
    if now_playing is not None:
        row = PlayRow(**_row(now_playing), ended_at=None, art=now_playing.art)  # type: ignore[arg-type]  # the same fields
    if newest is None:
        return (row,) if row is not None else ()
    if row is not None and newest.play_id == row.play_id:
        return (row, *plays[1:])
    if newest.ended_at is None:
        plays = (replace(newest, ended_at=_ms(now)), *plays[1:])
    return (row, *plays)[:RECENT_PLAYS] if row is not None else plays


async def _start(connection: AsyncConnection, station_id: str, broadcast: Broadcast) -> None:
    values = {
        "id": broadcast.id,
        "station_id": station_id,
        "kind": broadcast.kind,
        "started_at": _ms(broadcast.started_at),
        **_presented(broadcast),
    }
    await table.start(connection, values)


async def _change(connection: AsyncConnection, broadcast_id: str, values: table.Values) -> None:
    await table.change(connection, broadcast_id, values)


async def _end_play(connection: AsyncConnection, station_id: str, at_ms: int) -> None:
    await table.end_play(connection, station_id, at_ms)


async def _play(connection: AsyncConnection, station_id: str, now_playing: NowPlaying) -> None:
    await table.play(connection, station_id, _row(now_playing))


def _row(now_playing: NowPlaying) -> dict[str, str | int | None]:
    return {
        "broadcast_id": now_playing.broadcast_id,
        "kind": now_playing.kind,
        "track_id": now_playing.track_id,
        "play_id": now_playing.play_id,
        "title": now_playing.title.title,
        "artist": now_playing.title.artist,
        "album": now_playing.album,
        "duration_ms": int(now_playing.duration_s * 1000),
        "show": now_playing.show,
        "host": now_playing.host,
        "started_at": _ms(now_playing.started_at),
        "posted": now_playing.posted,
        "stand_in": now_playing.stand_in,
    }


def _presented(broadcast: Broadcast) -> dict[str, str | int | None]:
    encoder = broadcast.encoder or Encoder()
    return {
        "title": broadcast.title,
        "description": broadcast.description,
        "show": broadcast.show,
        "host": broadcast.host,
        "art_url": broadcast.art_url,
        "slot": broadcast.slot,
        "encoder_instance": encoder.instance,
        "encoder_key_id": encoder.key_id,
        "encoder_host": encoder.host,
    }


def _broadcast(row: BroadcastRow, now: float) -> Broadcast:
    encoder = _encoder(row) if row.kind == "live" else None
    return Broadcast(
        id=row.id,
        kind=row.kind,
        started_at=row.started_at / 1000,
        encoder=encoder,
        slot=next((slot for slot in SLOTS if slot == row.slot), None),
        title=row.title,
        description=row.description,
        show=row.show,
        host=row.host,
        art_url=row.art_url,
        lost_at=now,
    )


def _encoder(row: BroadcastRow) -> Encoder:
    return Encoder(row.encoder_instance, row.encoder_key_id, row.encoder_host)


def _now_playing(row: PlayRow) -> NowPlaying:
    of_no_item = row.play_id.startswith(f"{row.track_id}-") or not row.play_id
    return NowPlaying(
        track_id=row.track_id,
        item="" if of_no_item else row.play_id,
        title=Title(row.title, row.artist),
        album=row.album,
        art=row.art,
        duration_s=row.duration_ms / 1000,
        posted=row.posted,
        stand_in=row.stand_in,
        show=row.show,
        host=row.host,
        broadcast_id=row.broadcast_id,
        kind=row.kind,
        started_at=row.started_at / 1000,
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
