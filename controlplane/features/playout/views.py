"""The queue as it is shown. Pure."""

from controlplane.features.playout import rules
from controlplane.features.playout.station_plan import StationPlan
from controlplane.kernel.plan import PlanItem, PlanTrack
from controlplane.protocol.library import art_url
from controlplane.protocol.playout import QueuedTrack, QueueItem, QueueView, StreamQueue, Why


def queue(known: StationPlan, now_ms: int) -> QueueView:
    """Return a station's queue, with the times at which its items are expected to begin."""
    # The item on air may have left the plan since, or be of its reserve.
    now = known.item(known.on_air)
    plan = known.advanced().plan
    free = rules.first_free(plan, known.on_air, known.decoding)
    views, at_ms = [], now_ms
    if now is not None:
        at_ms = max(now_ms, known.on_air_since_ms + now.track.heard_ms - rules.CROSSING_MS)
    for place, item in enumerate(plan.items):
        if item.id != known.on_air:
            views.append(_item(known.station.slug, item, at_ms, fixed=place < free))
            at_ms += max(0, item.track.heard_ms - rules.CROSSING_MS)
    return QueueView(
        version=known.plan.version,
        applied=known.applied == known.plan.version,
        now=None if now is None else _item(known.station.slug, now, known.on_air_since_ms, fixed=True),
        items=views,
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
