"""How a plan is edited, and how it follows its pipeline. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from controlplane.kernel.errors import Conflict, NotFound
from controlplane.kernel.plan import Plan, PlanItem, PlanTrack

CROSSING_MS = 2000
"""How long two tracks are heard together, as station.liq has it."""
MAX_PLACED = 300
"""Each edit writes the whole plan."""


def new_id(chance: Random) -> str:
    """Return an id that no other item has."""
    return f"{chance.getrandbits(96):024x}"


def heard_until(items: Sequence[PlanItem]) -> int:
    """Return how many milliseconds some items last, crossings counted once."""
    return sum(max(0, item.track.heard_ms - CROSSING_MS) for item in items)


def lasts(track: PlanTrack, following: PlanTrack | None) -> int:
    """Return the milliseconds from the beginning of a track to that of the one which follows it."""
    joined = following is not None and track.goes_on_into(following)
    return max(0, track.heard_ms - (0 if joined else CROSSING_MS))


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
    """Return a plan with an item at a place, behind which AutoDJ's own choices of its track go.

    Raises Conflict if the plan is full.
    """
    behind = [each for each in plan.items[place:] if each.placed_by or each.track.id != item.track.id]
    return _with_placed(plan, (*plan.items[:place], _joining(item, behind), *behind))


def begun(plan: Plan, recording: Sequence[PlanItem], free: int) -> Plan:
    """Return a plan in which a broadcast's items come next; raise Conflict if the plan is full."""
    return _with_placed(plan, (*plan.items[:free], *recording, *plan.items[free:]))


def without_broadcasts(plan: Plan, keeps: Callable[[str], bool], free: int) -> Plan:
    """Return a plan without the items of broadcasts that are over, from the first free place on."""
    items = tuple(item for place, item in enumerate(plan.items) if place < free or keeps(item.broadcast))
    return plan if items == plan.items else edited(plan, items)


def _joining(item: PlanItem, behind: Sequence[PlanItem]) -> PlanItem:
    """Return an item as a part of the broadcast that it is placed in, if it is in front of an item of that."""
    return replace(item, broadcast=behind[0].broadcast if behind else "")


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
    return edited(plan, (*plan.items[:place], *plan.items[place + 1 :]))


def moved(plan: Plan, item_id: str, before: str | None, by: str, free: int) -> Plan:
    """Return a plan with an item before another one, or at its end.

    An item that a person moves is one that a person has placed. Raises NotFound or Conflict.
    """
    item = replace(plan.items[place_of(plan, item_id, free)], placed_by=by, playlist="")
    if item_id == before:
        return plan
    rest = removed(plan, item_id, free)
    place = len(rest.items) if before is None else place_of(rest, before, free)
    behind = rest.items[place:]
    return _with_placed(plan, (*rest.items[:place], _joining(item, behind), *behind))


def without_tracks(plan: Plan, known: Mapping[str, PlanTrack], free: int) -> Plan:
    """Return a plan with its tracks as they are now, and without those that are gone, from the first free place on."""
    kept = tuple(
        replace(item, track=known.get(item.track.id, item.track))
        for place, item in enumerate(plan.items)
        if place < free or item.track.id in known
    )
    return plan if kept == plan.items else edited(plan, kept)


def _with_placed(plan: Plan, items: Sequence[PlanItem]) -> Plan:
    if sum(bool(each.placed_by) for each in items) > MAX_PLACED:
        raise Conflict(f"the queue is full: {MAX_PLACED} tracks are waiting in it")
    return edited(plan, items)


def edited(plan: Plan, items: Sequence[PlanItem]) -> Plan:
    """Return the next version of a plan, with other items."""
    return replace(plan, version=plan.version + 1, items=tuple(items))


def _place(plan: Plan, item_id: str) -> int | None:
    return next((place for place, item in enumerate(plan.items) if item.id == item_id), None)
