"""Which tracks AutoDJ chooses, and how a plan is edited. Pure: time and chance are arguments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from controlplane.kernel.errors import Conflict, NotFound
from controlplane.kernel.plan import Plan, PlanItem, PlanTrack

ARTIST_APART_MS = 45 * 60_000
TITLE_APART_MS = 3 * 3_600_000
"""Times between two tracks of one artist, and of one title. A small library has shorter ones."""
CHOICE = 0.25
"""AutoDJ chooses among this share of the tracks: those that were not played for the longest time."""
CROSSING_MS = 2000
"""How long two tracks are heard together, as station.liq has it."""
PLAN_MS = 3 * 3_600_000
MAX_ITEMS = 100
MAX_PLACED = 300
"""Each edit writes the whole plan."""
RESERVE_ITEMS = 150
RESERVE_PREFIX = "r-"

Candidates = Sequence[tuple[PlanTrack, int | None]]
"""Tracks that can be played, with when each was played last in unix milliseconds."""


def new_id(chance: Random) -> str:
    """Return an id that no other item has."""
    return f"{chance.getrandbits(96):024x}"


def heard_until(items: Sequence[PlanItem]) -> int:
    """Return how many milliseconds some items last, crossings counted once."""
    return sum(max(0, item.track.heard_ms - CROSSING_MS) for item in items)


def reserve_of(candidates: Candidates, chance: Random) -> tuple[PlanItem, ...]:
    """Return tracks for when the plan has run out; their ids are the same each time."""
    shuffled = [track for track, _ in candidates]
    chance.shuffle(shuffled)
    return tuple(PlanItem(f"{RESERVE_PREFIX}{track.id}", track) for track in shuffled[:RESERVE_ITEMS])


def filled(plan: Plan, candidates: Candidates, now_ms: int, chance: Random) -> Plan:
    """Return a plan with as many tracks of AutoDJ's choice at its end as it lacks."""
    if not candidates:
        return plan
    items = list(plan.items)
    at_ms = now_ms + heard_until(items)
    played = {track.id: at for track, at in candidates if at is not None}
    last = _last_heard(items, played, candidates, now_ms)
    while len(items) < MAX_ITEMS and at_ms < now_ms + PLAN_MS:
        track = _choose(candidates, last, at_ms, chance)
        items.append(PlanItem(new_id(chance), track, last_played_at=last.of_track.get(track.id)))
        last.note(track, at_ms)
        at_ms += max(1000, track.heard_ms - CROSSING_MS)
    return _next(plan, tuple(items)) if len(items) > len(plan.items) else plan


@dataclass(frozen=True, slots=True)
class _Last:
    """When each track, artist and title was, or will be, heard last, in unix milliseconds."""

    of_track: dict[str, int]
    of_artist: dict[str, int]
    of_title: dict[str, int]

    def note(self, track: PlanTrack, at_ms: int) -> None:
        self.of_track[track.id] = max(at_ms, self.of_track.get(track.id, 0))
        for times, name in ((self.of_artist, track.artist), (self.of_title, track.title)):
            key = name.casefold()
            times[key] = max(at_ms, times.get(key, 0))


def _last_heard(items: Sequence[PlanItem], played: Mapping[str, int], candidates: Candidates, now_ms: int) -> _Last:
    last = _Last({}, {}, {})
    for track, _ in candidates:
        if track.id in played:
            last.note(track, played[track.id])
    at_ms = now_ms
    for item in items:
        last.note(item.track, at_ms)
        at_ms += max(0, item.track.heard_ms - CROSSING_MS)
    return last


def _choose(candidates: Candidates, last: _Last, at_ms: int, chance: Random) -> PlanTrack:
    longest_ago = sorted((track for track, _ in candidates), key=lambda track: last.of_track.get(track.id, 0))
    # In a library that lasts an hour, nothing can be three hours apart.
    in_all = heard_until([PlanItem("", track) for track in longest_ago])
    for share in (1.0, 0.5, 0.25):
        artist_ms, title_ms = (min(apart, in_all / 2) * share for apart in (ARTIST_APART_MS, TITLE_APART_MS))
        apart = [
            track
            for track in longest_ago
            if at_ms - last.of_artist.get(track.artist.casefold(), 0) >= artist_ms * bool(track.artist)
            and at_ms - last.of_title.get(track.title.casefold(), 0) >= title_ms
        ]
        if apart:
            return apart[chance.randrange(max(1, round(len(apart) * CHOICE)))]
    return longest_ago[0]


@dataclass(frozen=True, slots=True)
class Advance:
    """A plan as far as its pipeline is, and the items that the pipeline could not play."""

    plan: Plan
    passed: tuple[PlanItem, ...] = ()


def advanced(plan: Plan, begun: Sequence[str], heard: Collection[str], waiting: str = "") -> Advance:
    """Return a plan that begins with what has begun, without what was heard before.

    An item that was placed before one that had begun already is heard behind it: the pipeline plays each item once,
    those that it has not played in their order. What is in front of the item that `waiting` names was passed over.
    """
    first = [item for item_id in dict.fromkeys(begun) for item in plan.items if item.id == item_id]
    rest = [item for item in plan.items if item not in first and item.id not in heard]
    next_place = next((place for place, item in enumerate(rest) if item.id == waiting), 0)
    items = (*first, *rest[next_place:])
    after = plan if items == plan.items else replace(plan, items=items)
    return Advance(after, tuple(rest[:next_place]))


def first_free(plan: Plan, *begun: str) -> int:
    """Return the first place that can be changed: after the items that are on air, or decoded already."""
    places = (_place(plan, item_id) for item_id in begun)
    return max((place + 1 for place in places if place is not None), default=0)


def inserted(plan: Plan, item: PlanItem, place: int) -> Plan:
    """Return a plan with an item at a place; raise Conflict if it is full."""
    if sum(bool(each.placed_by) for each in plan.items) >= MAX_PLACED:
        raise Conflict(f"the queue is full: {MAX_PLACED} tracks are waiting in it")
    return _next(plan, (*plan.items[:place], item, *plan.items[place:]))


def place_of(plan: Plan, where: str, free: int) -> int:
    """Return the place that `next`, `end` or an item's id stands for; raise NotFound or Conflict.

    `end` is after the last item that a person has placed: AutoDJ goes on behind it.
    """
    if where == "next":
        return free
    if where == "end":
        placed = [place for place, item in enumerate(plan.items) if item.placed_by and place >= free]
        return placed[-1] + 1 if placed else free
    place = _place(plan, where)
    if place is None:
        raise NotFound(f"{where[:40]!r} is not in the queue")
    if place < free:
        raise Conflict("it is on air already, or begins at this moment")
    return place


def removed(plan: Plan, item_id: str, free: int) -> Plan:
    """Return a plan without an item; raise NotFound or Conflict."""
    place = place_of(plan, item_id, free)
    return _next(plan, (*plan.items[:place], *plan.items[place + 1 :]))


def moved(plan: Plan, item_id: str, before: str | None, by: str, free: int) -> Plan:
    """Return a plan with an item before another one, or at its end.

    An item that a person moves is one that a person has placed. Raises NotFound or Conflict.
    """
    if item_id == before:
        return plan
    item = replace(plan.items[place_of(plan, item_id, free)], placed_by=by)
    rest = removed(plan, item_id, free)
    place = len(rest.items) if before is None else place_of(rest, before, free)
    return replace(inserted(rest, item, place), version=plan.version + 1)


def without_tracks(plan: Plan, known: Mapping[str, PlanTrack], free: int) -> Plan:
    """Return a plan with its tracks as they are now, and without those that are gone, from the first free place on."""
    kept = tuple(
        replace(item, track=known.get(item.track.id, item.track))
        for place, item in enumerate(plan.items)
        if place < free or item.track.id in known
    )
    return plan if kept == plan.items else _next(plan, kept)


def with_room_for_new(plan: Plan, candidates: Candidates, free: int) -> Plan:
    """Return a plan without AutoDJ's choice if that repeats tracks while there are some that it does not have.

    A library that has just got its first tracks would play them for hours. What people have placed stays.
    """
    chosen = [item.track.id for item in plan.items[free:] if not item.placed_by]
    planned = {item.track.id for item in plan.items}
    if len(set(chosen)) == len(chosen) or all(track.id in planned for track, _ in candidates):
        return plan
    placed = tuple(item for item in plan.items[free:] if item.placed_by)
    return _next(plan, (*plan.items[:free], *placed))


def _place(plan: Plan, item_id: str) -> int | None:
    return next((place for place, item in enumerate(plan.items) if item.id == item_id), None)


def _next(plan: Plan, items: tuple[PlanItem, ...]) -> Plan:
    return replace(plan, version=plan.version + 1, items=items)
