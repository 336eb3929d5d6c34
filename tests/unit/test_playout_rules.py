"""Edits of a plan."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.playout import rules
from controlplane.features.playout.station_plan import StationPlan
from controlplane.kernel.errors import AwazError, Conflict, NotFound
from controlplane.kernel.plan import Plan, PlanItem, document
from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap import parse
from tests.support.plans import track


def plan_of(*names: str, placed_by: str = "") -> Plan:
    return Plan(1, tuple(PlanItem(name, track(number), placed_by) for number, name in enumerate(names)))


def ids(plan: Plan) -> str:
    return "".join(item.id for item in plan.items)


@pytest.mark.parametrize(("where", "order"), [("next", "abXcde"), ("d", "abcXde"), ("end", "abXcde")])
def test_a_track_is_placed_behind_what_has_begun(where: str, order: str) -> None:
    plan = plan_of(*"abcde")
    free = rules.first_free(plan, "a", "b")
    assert ids(rules.inserted(plan, PlanItem("X", track(9), "Sara"), rules.place_of(plan, where, free))) == order


def test_autodj_does_not_repeat_what_a_person_has_placed_before_it() -> None:
    plan = plan_of(*"abcde")
    again = replace(plan, items=(*plan.items, PlanItem("f", plan.items[2].track, "Ali")))
    assert ids(rules.inserted(again, PlanItem("X", plan.items[2].track, "Sara"), 1)) == "aXbdef"
    assert ids(rules.inserted(again, PlanItem("X", plan.items[2].track, "Sara"), 4)) == "abcdXef"


def test_the_end_is_behind_what_people_have_placed() -> None:
    plan = rules.moved(plan_of(*"abcde"), "d", "c", "Sara", free=1)
    assert ids(plan) == "abdce"
    assert rules.place_of(plan, "end", 1) == 3


@pytest.mark.parametrize(("item", "before", "order"), [("e", "b", "aebcd"), ("b", "e", "acdbe"), ("c", None, "abdec")])
def test_an_item_is_moved(item: str, before: str | None, order: str) -> None:
    moved = rules.moved(plan_of(*"abcde"), item, before, "Sara", free=1)
    assert ids(moved) == order
    assert moved.version == 2
    assert next(each.placed_by for each in moved.items if each.id == item) == "Sara"


def test_what_is_on_air_is_not_moved_or_removed() -> None:
    plan = plan_of(*"abc")
    with pytest.raises(Conflict):
        rules.removed(plan, "a", 1)
    with pytest.raises(Conflict):
        rules.moved(plan, "b", "a", "Sara", 1)
    with pytest.raises(NotFound):
        rules.moved(plan_of(*"abc"), "x", "x", "Sara", free=1)
    with pytest.raises(NotFound):
        rules.removed(plan, "z", 1)


@pytest.mark.parametrize(
    ("begun", "heard", "waiting", "left", "passed"),
    [
        (["b", "b"], "a", "c", "bcd", ""),
        (["b", "c"], "a", "d", "bcd", ""),
        # Placed before b at the moment when that began: they are heard behind it.
        (["a", "c"], "", "b", "acbd", ""),
        (["c", "c"], "", "a", "cabd", ""),
        # The pipeline could not play b.
        (["a", "a"], "", "c", "acd", "b"),
        # A host is live: what was cut is not heard again.
        (["", ""], "a", "", "bcd", ""),
        (["r-t1", "r-t1"], "", "", "abcd", ""),
    ],
)
def test_a_plan_goes_on_from_what_its_pipeline_has_begun(
    begun: list[str], heard: str, waiting: str, left: str, passed: str
) -> None:
    advance = rules.advanced(plan_of(*"abcd"), begun, set(heard), waiting)
    assert ids(advance.plan) == left
    assert "".join(item.id for item in advance.passed) == passed
    assert advance.plan.version == 1


def test_what_has_not_begun_is_free_to_move() -> None:
    assert rules.first_free(plan_of(*"abc"), "", "r-t1") == 0
    assert rules.first_free(plan_of(*"abc"), "a", "b") == 2


def test_tracks_that_are_gone_leave_the_plan_unless_they_have_begun() -> None:
    renamed = replace(track(2), title="New")
    plan = rules.without_tracks(plan_of(*"abcd"), {"t2": renamed}, 1)
    assert [(item.id, item.track.title) for item in plan.items] == [("a", "Title 0"), ("c", "New")]


def test_a_full_queue_takes_no_more() -> None:
    full = Plan(1, tuple(PlanItem(str(number), track(number), "Sara") for number in range(rules.MAX_PLACED)))
    with pytest.raises(Conflict, match="300"):
        rules.inserted(full, PlanItem("X", track(0), "Sara"), 0)


edits = st.lists(
    st.tuples(st.sampled_from(["insert", "move", "remove", "advance"]), st.integers(0, 12), st.integers(0, 12)),
    max_size=30,
)


@given(edits)
def test_no_edit_loses_or_doubles_an_item(steps: list[tuple[str, int, int]]) -> None:
    plan, expected, made = plan_of(*"abcdef"), set("abcdef"), 0
    for kind, one, other in steps:
        free = rules.first_free(plan, plan.items[0].id if plan.items else "")
        names = [item.id for item in plan.items] or ["none"]
        item, before = names[one % len(names)], names[other % len(names)]
        gone: set[str] = set()
        try:
            match kind:
                case "insert":
                    made += 1
                    plan = rules.inserted(
                        plan, PlanItem(str(made), track(100 + made), "Sara"), rules.place_of(plan, before, free)
                    )
                    expected.add(str(made))
                case "move":
                    plan = rules.moved(plan, item, before, "Sara", free)
                case "remove":
                    plan, gone = rules.removed(plan, item, free), {item}
                case _:
                    gone = set(names[: one % len(names)])
                    plan = rules.advanced(plan, [item], gone).plan
        except AwazError:
            continue
        expected -= gone
    assert sorted(item.id for item in plan.items) == sorted(expected)


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ({"album": "Two Sides"}, {"album": "Two Sides"}, True),
        ({"album": "Two Sides"}, {"album": "Two Sides", "cue_out_ms": 9000}, True),
        ({"album": "Two Sides"}, {"album": "Two Sides", "cue_in_ms": 1}, False),
        ({"album": "Two Sides", "cue_out_ms": 9000}, {"album": "Two Sides"}, False),
        ({"album": "Two Sides"}, {"album": "Other"}, False),
        ({"album": "Greatest Hits", "artist": "One"}, {"album": "Greatest Hits", "artist": "Other"}, False),
        ({}, {}, False),
    ],
)
def test_tracks_of_one_album_are_joined_if_no_silence_is_between_them(
    one: dict[str, Any], other: dict[str, Any], joined: bool
) -> None:
    first, second = replace(track(1, "Band"), **one), replace(track(2, "Band"), **other)
    crossing_ms = first.heard_ms - rules.lasts(first, second)
    assert crossing_ms == (0 if joined else rules.CROSSING_MS)
    ends, begins = (
        each["tags"] for each in document(Plan(1, (PlanItem("a", first), PlanItem("b", second))), "ab")["items"]
    )
    into = re.search('awaz_goes_on_into="(.*?)"', ends)
    assert (into is not None and f'awaz_goes_on_from="{into[1]}"' in begins) is joined


def test_while_nothing_is_decoded_nothing_counts_as_passed_over() -> None:
    known = StationPlan(StationRow("s1", "awaz", "Awaz", "", 128, True), plan_of(*"abxc"))
    state = replace(parse.state(b'{"source": "live"}'), plan_version=1, item="a", waiting="c")
    known.seen(state, 0)
    assert known.advanced().passed == ()
    known.seen(replace(state, decoding="a"), 0)
    assert [item.id for item in known.advanced().passed] == ["b", "x"]


def test_a_pipeline_is_told_ids_and_numbers_alone() -> None:
    odd = replace(track(1), title='";evil', gain_db=-3.25, cue_in_ms=1500, cue_out_ms=60_000)
    plan = Plan(3, (PlanItem("a", odd),), (PlanItem("r-t2", track(2)),))
    assert document(plan, ["/x/1.mp3", "/x/2.mp3"]) == {
        "version": 3,
        "items": [
            {
                "id": "a",
                "tags": 'awaz_id="t1",liq_amplify="-3.2 dB",liq_cue_in="1.500",liq_cue_out="60.000"',
                "path": "/x/1.mp3",
            }
        ],
        "reserve": [{"id": "r-t2", "tags": 'awaz_id="t2",liq_amplify="0.0 dB"', "path": "/x/2.mp3"}],
    }
