"""AutoDJ's choice: from all tracks, or from the playlists in rotation."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.playout import autodj, rules
from controlplane.features.playout.autodj import Music
from controlplane.kernel.plan import Plan, PlanItem, PlanTrack
from controlplane.kernel.playlists import InRotation, Order, Playlist
from tests.support.plans import MINUTE_MS, track

NOW = 1_767_225_600_000


def never_played(*tracks: PlanTrack) -> Music:
    return Music([(each, None) for each in tracks])


def test_an_empty_library_plans_nothing() -> None:
    assert autodj.filled(Plan(), never_played(), NOW, Random(1)) == Plan()


def test_one_track_is_planned_again_and_again() -> None:
    plan = autodj.filled(Plan(), never_played(track(1)), NOW, Random(1))
    assert len(plan.items) > 40
    assert len({item.id for item in plan.items}) == len(plan.items)


def test_a_plan_lasts_three_hours_and_is_left_alone_when_it_does() -> None:
    library = never_played(*map(track, range(100)))
    plan = autodj.filled(Plan(), library, NOW, Random(1))
    assert autodj.PLAN_MS <= rules.heard_until(plan.items) < autodj.PLAN_MS + 5 * MINUTE_MS
    assert autodj.filled(plan, library, NOW, Random(2)) is plan


def simulated(library: list[PlanTrack], hours: int) -> list[tuple[int, PlanTrack]]:
    """Play a plan hour after hour, as a station does; return what was heard, with its time."""
    played: dict[str, int] = {}
    heard: list[tuple[int, PlanTrack]] = []
    plan, now, chance = Plan(), NOW, Random(7)
    while now < NOW + hours * 60 * MINUTE_MS:
        if rules.heard_until(plan.items) < autodj.PLAN_MS // 2:
            plan = autodj.filled(plan, Music([(each, played.get(each.id)) for each in library]), now, chance)
        item = plan.items[0]
        heard.append((now, item.track))
        played[item.track.id] = now
        now += item.track.heard_ms - rules.CROSSING_MS
        plan = replace(plan, items=plan.items[1:])
    return heard


def closest(heard: list[tuple[int, PlanTrack]], name: str) -> int:
    """Return the shortest time between two beginnings of the same artist or title."""
    last: dict[str, int] = {}
    gaps = []
    for at, each in heard:
        key = getattr(each, name)
        gaps.append(at - last.get(key, -10 * autodj.PLAN_MS))
        last[key] = at
    return min(gaps)


def test_artists_and_titles_stay_apart_over_a_month() -> None:
    library = [track(number, artist=f"Artist {number % 40}") for number in range(160)]
    heard = simulated(library, 24 * 30)
    assert closest(heard, "artist") >= autodj.ARTIST_APART_MS
    assert closest(heard, "title") >= autodj.TITLE_APART_MS
    counts = Counter(each.id for _, each in heard)
    assert len(counts) == len(library)
    assert max(counts.values()) < 2 * min(counts.values())


def test_a_library_of_one_artist_still_rotates() -> None:
    heard = simulated([track(number, artist="Abida") for number in range(10)], 5)
    assert {each.id for _, each in heard[:10]} == {f"t{number}" for number in range(10)}


def test_the_same_seed_makes_the_same_plan() -> None:
    library = never_played(*map(track, range(50)))
    assert autodj.filled(Plan(), library, NOW, Random(3)) == autodj.filled(Plan(), library, NOW, Random(3))


def up_to_date(plan: Plan, music: Music, free: int) -> Plan:
    return autodj.up_to_date(plan, music, free, NOW, Random(5))


def test_the_first_tracks_of_a_library_make_room_for_those_that_follow() -> None:
    one = autodj.filled(Plan(), never_played(track(0)), NOW, Random(1))
    placed = rules.edited(one, (*one.items[:5], PlanItem("X", track(0), "Sara"), *one.items[5:]))
    library = never_played(*map(track, range(10)))
    after = up_to_date(placed, library, 1)
    assert after.items[0] == one.items[0]
    assert after.items[5].id == "X"
    assert {item.track.id for item in after.items[1:12]} >= {f"t{number}" for number in range(1, 10)}
    assert up_to_date(after, library, 1) is after


@pytest.mark.parametrize("artists", [2, 20])
def test_a_plan_that_repeats_tracks_because_it_must_is_left_alone(artists: int) -> None:
    library = [track(number, artist=f"Artist {min(number, artists)}") for number in range(50)]
    plan = autodj.filled(Plan(), never_played(*library), NOW, Random(1))
    assert up_to_date(plan, never_played(*library), 1) is plan


def playlist(
    name: str, numbers: range, order: Order = "shuffle", weight: int = 1, last: str = "", turns: float = 0.0
) -> InRotation:
    return InRotation(Playlist(name, "s", name, order, weight, 0, last, turns), [f"t{number}" for number in numbers])


LIBRARY = [(track(number), None) for number in range(60)]


def chosen(plan: Plan) -> list[str]:
    return [f"{item.playlist}:{item.track.id}" for item in plan.items]


def test_playlists_are_played_by_their_weights_and_nothing_else_is() -> None:
    rotation = [playlist("a", range(20), weight=3), playlist("b", range(20, 40))]
    plan = autodj.filled(Plan(), Music(LIBRARY, rotation), NOW, Random(1))
    counts = Counter(item.playlist for item in plan.items[:40])
    assert counts == {"a": 30, "b": 10}
    assert "b" in {item.playlist for item in plan.items[:4]}
    assert {item.track.id for item in plan.items} <= {f"t{number}" for number in range(40)}


def heard(rotation: list[InRotation], count: int) -> list[PlanItem]:
    """Play from playlists as a station does, whose plan is filled again once it runs short."""
    plan, chance, items = Plan(), Random(2), []
    of = {each.playlist.id: each for each in rotation}
    for _ in range(count):
        if rules.heard_until(plan.items) < autodj.PLAN_MS // 2:
            plan = autodj.filled(plan, Music(LIBRARY, list(of.values())), NOW, chance)
        item = plan.items[0]
        items.append(item)
        now = of[item.playlist]
        turns = now.playlist.turns + 1 / now.playlist.weight
        of[item.playlist] = replace(now, playlist=replace(now.playlist, turns=turns, last_track=item.track.id))
        plan = replace(plan, items=plan.items[1:])
    return items


@pytest.mark.parametrize("weights", [[5, 2, 1], [10, 10, 10, 10, 10, 1], [1] * 60])
def test_shares_hold_over_days_in_which_a_plan_is_filled_again_and_again(weights: list[int]) -> None:
    rotation = [
        playlist(f"p{n:02}", range(n, n + 1 if len(weights) > 10 else n + 10), weight=w) for n, w in enumerate(weights)
    ]
    counts = Counter(item.playlist for item in heard(rotation, 600))
    shares = {each.playlist.id: 600 * each.playlist.weight / sum(weights) for each in rotation}
    assert {name: counts[name] for name in shares} == pytest.approx(shares, abs=3)


def test_a_playlist_that_comes_into_rotation_does_not_make_up_for_its_absence() -> None:
    rotation = [playlist("a", range(20), turns=500.0), playlist("b", range(20, 40))]
    plan = autodj.filled(Plan(), Music(LIBRARY, rotation), NOW, Random(1))
    assert Counter(item.playlist for item in plan.items[:20]) == {"a": 10, "b": 10}


def test_a_sequence_goes_on_behind_the_track_that_was_heard_last_and_round() -> None:
    music = Music(LIBRARY, [playlist("a", range(5), "sequence", last="t2")])
    plan = autodj.filled(Plan(), music, NOW, Random(1))
    assert [item.track.id for item in plan.items[:7]] == ["t3", "t4", "t0", "t1", "t2", "t3", "t4"]
    shorter = replace(plan, items=plan.items[:1])
    assert autodj.filled(shorter, music, NOW, Random(9)).items[1].track.id == "t4"


def test_a_sequence_whose_last_track_is_unknown_begins_again() -> None:
    music = Music(LIBRARY, [playlist("a", range(5), "sequence", last="t77")])
    assert autodj.filled(Plan(), music, NOW, Random(1)).items[0].track.id == "t0"


def test_a_sequence_goes_on_behind_a_track_that_cannot_be_played_any_more() -> None:
    playable = [(each, None) for each, _ in LIBRARY if each.id not in {"t2", "t3"}]
    music = Music(playable, [playlist("a", range(6), "sequence", last="t2")])
    assert autodj.filled(Plan(), music, NOW, Random(1)).items[0].track.id == "t4"


def test_a_sequence_goes_on_without_the_track_that_is_on_air() -> None:
    before = Music(LIBRARY, [playlist("a", range(5), "sequence", last="t1")])
    plan = autodj.filled(autodj.up_to_date(Plan(), before, 0, NOW, Random(1)), before, NOW, Random(1))
    fewer = InRotation(before.playlists[0].playlist, ["t0", "t1", "t3", "t4"])
    after = up_to_date(plan, Music(LIBRARY, [fewer]), 1)
    assert [item.track.id for item in after.items[:4]] == ["t2", "t3", "t4", "t0"]


def test_another_order_of_a_sequence_changes_its_own_items_where_they_are() -> None:
    other = playlist("b", range(20, 40))
    before = Music(LIBRARY, [playlist("a", range(5), "sequence"), other])
    plan = autodj.filled(up_to_date(Plan(), before, 0), before, NOW, Random(1))
    reordered = InRotation(before.playlists[0].playlist, ["t0", "t4", "t3", "t2", "t1"])
    after = up_to_date(plan, Music(LIBRARY, [reordered, other]), 1)
    assert [item.playlist for item in after.items] == [item.playlist for item in plan.items]
    assert [item for item in after.items if item.playlist == "b"] == [
        item for item in plan.items if item.playlist == "b"
    ]
    assert [item.track.id for item in after.items if item.playlist == "a"][:4] == ["t0", "t4", "t3", "t2"]
    assert up_to_date(after, Music(LIBRARY, [reordered, other]), 1) is after


def test_a_track_that_a_person_has_placed_does_not_move_a_sequence_on() -> None:
    music = Music(LIBRARY, [playlist("a", range(5), "sequence")])
    placed = Plan(1, (PlanItem("X", track(3), "Sara"),))
    assert autodj.filled(placed, music, NOW, Random(1)).items[1].track.id == "t0"


@pytest.mark.parametrize("rotation", [[], [playlist("a", range(0))], [playlist("a", range(90, 95))]])
def test_without_a_playlist_that_has_tracks_all_are_played(rotation: list[InRotation]) -> None:
    plan = autodj.filled(Plan(), Music(LIBRARY, rotation), NOW, Random(1))
    assert {item.playlist for item in plan.items} == {""}
    assert len({item.track.id for item in plan.items}) > 40


def test_artists_stay_apart_across_playlists() -> None:
    library = [(track(number, artist=f"Artist {number % 20}"), None) for number in range(60)]
    rotation = [playlist("a", range(30)), playlist("b", range(30, 60))]
    plan = autodj.filled(Plan(), Music(library, rotation), NOW, Random(1))
    artists = [item.track.artist for item in plan.items]
    # Eleven tracks of four minutes last 45 minutes less their crossings.
    assert all(len(set(artists[place : place + 11])) == 11 for place in range(len(artists) - 10))


CHANGED = [
    [],
    [playlist("a", range(20), weight=2), playlist("b", range(20, 40))],
    [playlist("a", range(20), "sequence"), playlist("b", range(20, 40))],
    [playlist("b", range(20, 40))],
    [playlist("a", range(20)), playlist("b", range(20, 40)), playlist("c", range(40, 50))],
]


@pytest.mark.parametrize("rotation", CHANGED)
def test_after_a_change_of_the_rotation_autodj_chooses_anew_and_what_was_placed_stays(
    rotation: list[InRotation],
) -> None:
    before = Music(LIBRARY, [playlist("a", range(20)), playlist("b", range(20, 40))])
    plan = autodj.filled(up_to_date(Plan(), before, 0), before, NOW, Random(1))
    plan = rules.inserted(plan, PlanItem("X", track(50), "Sara"), 9)
    after = up_to_date(plan, Music(LIBRARY, rotation), 1)
    kept = {place: item.id for place, item in enumerate(after.items) if item in plan.items}
    assert kept == {0: plan.items[0].id, 9: "X"}
    assert after.version == plan.version + 1
    assert up_to_date(after, Music(LIBRARY, rotation), 1) is after


def test_a_track_that_leaves_a_shuffled_playlist_leaves_the_plan_and_nothing_else_changes() -> None:
    before = Music(LIBRARY, [playlist("a", range(12))])
    plan = autodj.filled(up_to_date(Plan(), before, 0), before, NOW, Random(1))
    after = up_to_date(plan, Music(LIBRARY, [playlist("a", range(11))]), 1)
    assert list(after.items) == [plan.items[0], *(item for item in plan.items[1:] if item.track.id != "t11")]


def test_a_track_is_chosen_from_ten_thousand_as_from_a_few() -> None:
    library = [(track(number), NOW - number * 1000) for number in range(10_000)]
    day = autodj.filled(Plan(), Music(library), NOW, Random(1), lasts_ms=24 * 60 * MINUTE_MS, most=1000)
    assert rules.heard_until(day.items) >= 24 * 60 * MINUTE_MS
    oldest = {f"t{number}" for number in range(7_000, 10_000)}
    assert {item.track.id for item in day.items} <= oldest


def test_a_change_that_concerns_nothing_in_rotation_changes_nothing() -> None:
    before = [playlist("a", range(20)), playlist("b", range(20, 40))]
    plan = autodj.filled(up_to_date(Plan(), Music(LIBRARY, before), 0), Music(LIBRARY, before), NOW, Random(1))
    assert up_to_date(plan, Music(LIBRARY, [*reversed(before), playlist("new", range(0))]), 1) is plan


def test_a_day_of_ten_thousand_tracks_of_one_artist_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = Counter[str]()
    is_apart = autodj._Last.is_apart  # noqa: SLF001 - what is counted

    def counted(*arguments: object) -> bool:
        tries["all"] += 1
        return is_apart(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(autodj._Last, "is_apart", counted)  # noqa: SLF001 - what is counted
    library = never_played(*(track(number, artist="Various") for number in range(10_000)))
    day = autodj.filled(Plan(), library, NOW, Random(1), lasts_ms=24 * 60 * MINUTE_MS, most=1000)
    assert tries["all"] <= len(day.items) * 6 * autodj.MAX_TRIES


rotations = st.lists(
    st.builds(
        lambda name, first, count, order, weight: playlist(name, range(first, first + count), order, weight),
        st.sampled_from("abc"),
        st.integers(0, 50),
        st.integers(0, 20),
        st.sampled_from(["shuffle", "sequence"]),
        st.integers(1, 10),
    ),
    max_size=3,
    unique_by=lambda each: each.playlist.id,
)


@given(rotations, rotations, st.integers(0, 5))
def test_whatever_the_rotation_a_plan_is_full_of_what_is_in_it(
    before: list[InRotation], after: list[InRotation], free: int
) -> None:
    old, new = Music(LIBRARY, before), Music(LIBRARY, after)
    plan = autodj.filled(up_to_date(Plan(), old, 0), old, NOW, Random(1))
    changed = autodj.filled(up_to_date(plan, new, free), new, NOW, Random(2))
    there = {(each.playlist.id, track_id) for each in after for track_id in each.tracks if int(track_id[1:]) < 60}
    allowed = there or {("", each.id) for each, _ in LIBRARY}
    assert changed.items[:free] == plan.items[:free]
    assert {(item.playlist, item.track.id) for item in changed.items[free:]} <= allowed
    assert rules.heard_until(changed.items) >= autodj.PLAN_MS or len(changed.items) == autodj.MAX_ITEMS
