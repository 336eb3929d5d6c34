"""The queue as it is shown. Pure."""

from controlplane.features.playout import rules
from controlplane.features.playout.service import StationPlan
from controlplane.kernel.plan import PlanItem, PlanTrack
from controlplane.protocol.library import art_url
from controlplane.protocol.playout import QueuedTrack, QueueItem, QueueView, StreamQueue, Why


def queue(known: StationPlan, now_ms: int) -> QueueView:
    """Return a station's queue, with the times at which its items are expected to begin."""
    items, views, free = known.plan.items, [], known.free
    on_air = bool(items) and items[0].id == known.on_air
    at_ms = known.on_air_since_ms if on_air else now_ms
    for place, item in enumerate(items):
        views.append(_item(known.station.slug, item, at_ms, fixed=place < free))
        at_ms = max(now_ms, at_ms + item.track.heard_ms - rules.CROSSING_MS)
    return QueueView(
        version=known.plan.version,
        applied=known.applied == known.plan.version,
        now=views[0] if on_air else None,
        items=views[1:] if on_air else views,
    )


def changed(known: StationPlan) -> StreamQueue:
    """Return the event of a changed queue."""
    return StreamQueue(version=known.plan.version, applied=known.applied == known.plan.version)


def _item(slug: str, item: PlanItem, starts_at: int, *, fixed: bool) -> QueueItem:
    placed = bool(item.placed_by)
    why = Why(
        kind="placed" if placed else "autodj",
        by=item.placed_by or None,
        last_played_at=None if placed else item.last_played_at,
    )
    return QueueItem(id=item.id, track=_track(slug, item.track), starts_at=starts_at, fixed=fixed, why=why)


def _track(slug: str, track: PlanTrack) -> QueuedTrack:
    return QueuedTrack(
        id=track.id,
        title=track.title,
        artist=track.artist,
        duration_ms=track.heard_ms,
        art_url=art_url(slug, track.id, track.art),
    )
