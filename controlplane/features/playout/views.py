"""The queue as it is shown. Pure."""

from typing import Literal

from controlplane.features.playout import rules
from controlplane.features.playout.station_plan import StationPlan
from controlplane.kernel.plan import Plan, PlanItem, PlanTrack
from controlplane.protocol.library import art_url
from controlplane.protocol.playout import ForecastView, QueuedTrack, QueueItem, QueueView, StreamQueue, Why


def queue(known: StationPlan, now_ms: int) -> QueueView:
    """Return a station's queue, with the times at which its items are expected to begin."""
    now = known.item(known.on_air)
    return QueueView(
        version=known.plan.version,
        applied=known.applied == known.plan.version,
        now=None if now is None else _item(known, now, known.on_air_since_ms, fixed=True),
        items=_following(known, known.advanced().plan, now_ms),
    )


def forecast(known: StationPlan, plan: Plan, longer: Plan, now_ms: int) -> ForecastView:
    """Return a plan, and a longer one that begins with it, as they are expected to be heard."""
    planned = sum(item.id != known.on_air for item in plan.items)
    return ForecastView(planned=planned, items=_following(known, longer, now_ms))


def _following(known: StationPlan, plan: Plan, now_ms: int) -> list[QueueItem]:
    # The item on air may have left the plan since, or be of its reserve.
    now = known.item(known.on_air)
    free = rules.first_free(plan, known.on_air, known.decoding)
    items = [(place, item) for place, item in enumerate(plan.items) if item.id != known.on_air]
    followers = [*(item.track for _, item in items), None]
    views, at_ms = [], now_ms
    if now is not None:
        at_ms = max(now_ms, known.on_air_since_ms + rules.lasts(now.track, followers[0]))
    for (place, item), follower in zip(items, followers[1:], strict=True):
        views.append(_item(known, item, at_ms, fixed=place < free))
        at_ms += rules.lasts(item.track, follower)
    return views


def changed(known: StationPlan) -> StreamQueue:
    """Return the event of a changed queue."""
    return StreamQueue(version=known.plan.version, applied=known.applied == known.plan.version)


def _item(known: StationPlan, item: PlanItem, starts_at: int, *, fixed: bool) -> QueueItem:
    track = _track(known.station.slug, item.track)
    return QueueItem(id=item.id, track=track, starts_at=starts_at, fixed=fixed, why=_why(known, item))


def _why(known: StationPlan, item: PlanItem) -> Why:
    if item.broadcast:
        return Why(kind="broadcast", by=item.placed_by)
    if item.placed_by:
        return Why(kind="placed", by=item.placed_by)
    # A playlist that has just been taken out of the rotation has no name here any more.
    playlist = known.playlists.get(item.playlist)
    kind: Literal["playlist", "autodj"] = "autodj" if playlist is None else "playlist"
    return Why(kind=kind, playlist=playlist, last_played_at=item.last_played_at)


def _track(slug: str, track: PlanTrack) -> QueuedTrack:
    return QueuedTrack(
        id=track.id,
        title=track.title,
        artist=track.artist,
        duration_ms=track.heard_ms,
        art_url=art_url(slug, track.id, track.art),
    )
