"""The plans of stations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db import playlists
from controlplane.db.engine import streamed
from controlplane.db.tables import plan_items, plans, playlist_tracks, tracks
from controlplane.kernel.plan import Plan, PlanItem, PlanTrack

CandidateRow = tuple[Any, ...]
_TRACK = (
    tracks.c.id,
    tracks.c.title,
    tracks.c.artist,
    tracks.c.album,
    tracks.c.art,
    tracks.c.sha256,
    tracks.c.format,
    tracks.c.duration_ms,
    tracks.c.gain_db,
    tracks.c.cue_in_ms,
    tracks.c.cue_out_ms,
)


async def load(connection: AsyncConnection, station_id: str) -> tuple[Plan, str]:
    """Return a station's plan, without a reserve, and the item that was counted as played last."""
    found = select(plans.c.version, plans.c.counted, plans.c.rotation, plans.c.chosen_from).where(
        plans.c.station_id == station_id
    )
    known = (await connection.execute(found)).first()
    query = select(
        *_TRACK,
        plan_items.c.id,
        plan_items.c.placed_by,
        plan_items.c.last_played_at,
        plan_items.c.playlist_id,
        plan_items.c.broadcast_id,
    )
    query = query.join(tracks, tracks.c.id == plan_items.c.track_id).where(plan_items.c.station_id == station_id)
    rows = await connection.execute(query.order_by(plan_items.c.place))
    items = tuple(PlanItem(row[-5], PlanTrack(*row[:-5]), *row[-4:]) for row in rows)
    if known is None:
        return Plan(0, items), ""
    plan = Plan(known.version, items, rotation=known.rotation, chosen_from=known.chosen_from)
    return plan, known.counted


async def save(connection: AsyncConnection, station_id: str, plan: Plan) -> None:
    """Write a station's plan in place of the one there was."""
    await connection.execute(delete(plan_items).where(plan_items.c.station_id == station_id))
    rows = [
        {
            "id": item.id,
            "station_id": station_id,
            "place": place,
            "track_id": item.track.id,
            "placed_by": item.placed_by,
            "last_played_at": item.last_played_at,
            "playlist_id": item.playlist,
            "broadcast_id": item.broadcast,
        }
        for place, item in enumerate(plan.items)
    ]
    if rows:
        await connection.execute(insert(plan_items), rows)
    values = {"version": plan.version, "rotation": plan.rotation, "chosen_from": plan.chosen_from}
    changed = update(plans).where(plans.c.station_id == station_id).values(**values)
    if not (await connection.execute(changed)).rowcount:
        await connection.execute(insert(plans).values(station_id=station_id, counted="", **values))


async def candidates(connection: AsyncConnection, station_id: str) -> Sequence[CandidateRow]:
    """List the tracks that can be played."""
    query = select(*_TRACK, tracks.c.played_at).where(tracks.c.station_id == station_id, tracks.c.problem == "")
    return [tuple(row) async for row in streamed(connection, query.order_by(tracks.c.id))]


def candidates_of(rows: Sequence[CandidateRow]) -> list[tuple[PlanTrack, int | None]]:
    """Return tracks, with when each was played last in unix milliseconds."""
    return [(PlanTrack(*row[:-1]), row[-1]) for row in rows]


async def track(connection: AsyncConnection, station_id: str, track_id: str) -> PlanTrack | None:
    """Find a track that can be played."""
    query = select(*_TRACK).where(tracks.c.station_id == station_id, tracks.c.id == track_id, tracks.c.problem == "")
    row = (await connection.execute(query)).first()
    return PlanTrack(*row) if row is not None else None


async def playlist(connection: AsyncConnection, playlist_id: str) -> list[PlanTrack]:
    """Return the tracks of a playlist that can be played, in order."""
    query = select(*_TRACK).join(playlist_tracks, playlist_tracks.c.track_id == tracks.c.id)
    query = query.where(playlist_tracks.c.playlist_id == playlist_id, tracks.c.problem == "")
    return [PlanTrack(*row) for row in await connection.execute(query.order_by(playlist_tracks.c.place))]


async def count(connection: AsyncConnection, station_id: str, item: PlanItem, at_ms: int) -> None:
    """Count a play of a track, and go on in the playlist that it was chosen from."""
    values = {"plays": tracks.c.plays + 1, "played_at": at_ms}
    await connection.execute(update(tracks).where(tracks.c.id == item.track.id).values(**values))
    await connection.execute(update(plans).where(plans.c.station_id == station_id).values(counted=item.id))
    if item.playlist:
        await playlists.played(connection, item.playlist, item.track.id)
