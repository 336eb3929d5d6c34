"""Two sources of a station: armed, put on air by a button, handed over, taken off air, lost and found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.onair import rules
from controlplane.features.onair.state import (
    Change,
    Configured,
    EncoderAuthorised,
    EncoderConnected,
    EncoderEvicted,
    EncoderGone,
    GracePeriods,
    MetadataPosted,
    Mount,
    MountsSeen,
    NowChanged,
    Observation,
    PipelineSeen,
    Playing,
    PutOnAir,
    Started,
    Station,
    Stopped,
    TakenOffAir,
    Tick,
)
from controlplane.features.onair.titles import Title
from controlplane.kernel.mounts import SLOTS, Slot, browser_key
from controlplane.protocol.going_live import SourceState

PUBLIC = Mount("p1")
ON = MountsSeen(None, PUBLIC)
ARMED = Configured(auto_live=False, auto_stop=True)
SARA, ALI = EncoderAuthorised("k1", "Sara", "a"), EncoderAuthorised("k2", "Ali", "b")
BOTH = MountsSeen(Mount("i1"), PUBLIC, 0, Mount("i2"))
FIRST = MountsSeen(Mount("i1"), PUBLIC)
SECOND = MountsSeen(None, PUBLIC, 0, Mount("i2"))
HEARD = PipelineSeen(Playing("auto"), frozenset({"a", "b"}))


class Studio:
    """A station with two ingest mounts, and all that its observations caused."""

    def __init__(self, *steps: tuple[float, Observation]) -> None:
        self.station = Station("awaz", "Awaz")
        self.changes: list[Change] = []
        self.at = 0.0
        for at, seen in steps:
            self.see(at, seen)

    def see(self, at: float, seen: Observation) -> tuple[Change, ...]:
        self.at = at
        self.station, changes = rules.observe(self.station, seen, at, GracePeriods())
        self.changes += changes
        return changes

    @property
    def broadcasts(self) -> list[str]:
        """Live broadcasts that began, by their hosts, and that ended, by the reasons."""
        lines = []
        for change in self.changes:
            match change:
                case Started(broadcast) if broadcast.kind == "live":
                    lines.append(f"+{broadcast.host}")
                case Stopped(broadcast, reason) if broadcast.kind == "live":
                    lines.append(f"-{broadcast.host} {reason}")
        return lines

    @property
    def live_id(self) -> str:
        assert self.station.live is not None
        return self.station.live.id

    @property
    def wanted(self) -> Slot | None:
        return rules.wanted_slot(self.station, self.at)

    def state(self, slot: Slot) -> SourceState:
        return rules.source_state(self.station, slot, self.at)


def armed(*steps: tuple[float, Observation]) -> Studio:
    return Studio((0, ON), (0, ARMED), (1, SARA), (1.1, EncoderConnected("a")), (1.5, FIRST), (2, HEARD), *steps)


def test_an_armed_encoder_waits_in_preview_until_the_button() -> None:
    studio = Studio((0, ON), (0, ARMED))
    assert studio.state("a") == "absent"
    for at, seen in ((1, SARA), (1.1, EncoderConnected("a"))):
        studio.see(at, seen)
        assert studio.state("a") == "connecting"
    studio.see(2, HEARD)
    assert (studio.state("a"), studio.wanted, studio.broadcasts) == ("preview", None, [])
    studio.see(60, PutOnAir("a", title="Evening", show="Ghazals"))
    assert (studio.state("a"), studio.wanted, studio.broadcasts) == ("on_air", "a", ["+Sara"])
    assert studio.station.live is not None
    assert (studio.station.live.title, studio.station.live.show) == ("Evening", "Ghazals")


def test_the_button_pressed_twice_begins_one_broadcast() -> None:
    studio = armed((3, PutOnAir("a")), (3.1, PutOnAir("a", show="Ghazals")))
    assert studio.broadcasts == ["+Sara"]
    assert studio.station.live is not None
    assert studio.station.live.show == "Ghazals"


def test_nothing_can_be_put_on_air_that_is_not_there() -> None:
    assert armed((3, PutOnAir("b"))).broadcasts == []


def test_what_is_taken_off_air_is_faded_out_and_waits_in_preview() -> None:
    studio = armed((3, PutOnAir("a")))
    studio.see(9, TakenOffAir(studio.live_id))
    assert (studio.state("a"), studio.wanted) == ("ending", None)
    studio.see(10.5, Tick())
    assert (studio.state("a"), studio.broadcasts) == ("preview", ["+Sara", "-Sara taken_off_air"])


def test_what_was_taken_off_air_does_not_start_again_by_itself() -> None:
    studio = Studio((0, ON), (1, SARA), (1.5, FIRST))
    studio.see(9, TakenOffAir(studio.live_id))
    for at, seen in ((10, FIRST), (12, ON), (13, FIRST), (20, Tick())):
        studio.see(at, seen)
    assert studio.broadcasts == ["+Sara", "-Sara taken_off_air"]
    studio.see(30, MountsSeen(Mount("i3"), PUBLIC))
    assert studio.broadcasts[2:] == ["+None"]


def test_a_late_click_stops_nothing_else() -> None:
    studio = armed((3, PutOnAir("a")))
    earlier = studio.live_id
    studio.see(4, TakenOffAir(earlier))
    studio.see(5, PutOnAir("a"))
    assert studio.see(5.1, TakenOffAir(earlier)) == ()
    assert studio.state("a") == "on_air"


def test_a_handover_is_a_stop_and_a_start_at_one_moment() -> None:
    studio = armed((3, PutOnAir("a")), (10, ALI), (11, BOTH), (11.5, HEARD))
    assert (studio.state("a"), studio.state("b")) == ("on_air", "preview")
    changes = studio.see(20, PutOnAir("b"))
    assert studio.broadcasts == ["+Sara", "-Sara handover", "+Ali"]
    assert [type(change) for change in changes] == [Stopped, Started]
    assert (studio.wanted, studio.state("a")) == ("b", "ending")
    studio.see(22, Tick())
    assert (studio.state("a"), studio.state("b")) == ("preview", "on_air")


@pytest.mark.parametrize("auto_live", [False, True])
def test_a_second_encoder_waits_while_the_first_is_on_air(auto_live: bool) -> None:
    studio = armed((3, PutOnAir("a")), (4, Configured(auto_live, True)), (10, ALI), (11, BOTH), (90, HEARD))
    assert (studio.state("a"), studio.state("b"), studio.broadcasts) == ("on_air", "preview", ["+Sara"])


def test_the_next_encoder_follows_by_itself_where_the_station_starts_by_itself() -> None:
    studio = Studio((0, ON), (1, SARA), (1.5, FIRST), (10, ALI), (11, BOTH), (60, SECOND), (75, SECOND))
    assert studio.broadcasts == ["+Sara", "-Sara encoder_gone", "+Ali"]


def test_a_host_that_comes_back_at_the_other_mount_goes_on() -> None:
    studio = armed((3, PutOnAir("a")), (10, ON), (12, EncoderAuthorised("k1", "Sara", "b")), (13, SECOND))
    assert (studio.broadcasts, studio.wanted, studio.state("b")) == (["+Sara"], "b", "on_air")


def test_somebody_else_at_the_mount_of_a_lost_encoder_is_not_heard() -> None:
    studio = armed((3, PutOnAir("a")), (10, EncoderGone("a")))
    assert (studio.state("a"), studio.wanted) == ("lost", "a")
    studio.see(12, EncoderAuthorised("k2", "Ali", "a"))
    assert studio.wanted is None
    studio.see(13, MountsSeen(Mount("i9"), PUBLIC))
    assert (studio.wanted, studio.broadcasts) == (None, ["+Sara"])
    studio.see(21, Tick())
    assert studio.broadcasts == ["+Sara", "-Sara encoder_gone"]


def test_a_broadcast_may_wait_for_its_encoder_for_ever() -> None:
    studio = armed((3, PutOnAir("a")), (4, Configured(auto_live=False, auto_stop=False)), (10, ON), (3600, Tick()))
    assert (studio.state("a"), studio.broadcasts) == ("lost", ["+Sara"])
    studio.see(3601, TakenOffAir(studio.live_id))
    assert (studio.state("a"), studio.broadcasts) == ("absent", ["+Sara", "-Sara taken_off_air"])


def test_a_kicked_encoder_is_gone_at_once() -> None:
    studio = armed((3, PutOnAir("a")), (10, EncoderEvicted("a", "kicked")), (10.1, FIRST))
    assert (studio.state("a"), studio.broadcasts) == ("absent", ["+Sara", "-Sara kicked"])


def test_an_encoder_that_drops_in_preview_is_absent() -> None:
    assert armed((3, EncoderGone("a"))).state("a") == "absent"


def test_what_is_committed_begins_although_its_encoder_has_just_gone() -> None:
    studio = armed((3, EncoderGone("a")), (3.1, PutOnAir("a", "b1")))
    assert studio.live_id == "b1"
    studio.see(20, Tick())
    assert studio.broadcasts == ["+None", "-None encoder_gone"]


def test_the_last_title_of_a_host_is_not_counted_to_what_follows() -> None:
    playing = PipelineSeen(Playing("live", "A - Song", slot="a"), frozenset({"a", "b"}))
    studio = armed((3, PutOnAir("a")), (4, playing), (10, ALI), (11, BOTH))
    for step in (PutOnAir("b"), Tick(), playing):
        assert not any(isinstance(change, NowChanged) for change in studio.see(20, step))
    studio.see(21, TakenOffAir(studio.live_id))
    assert not any(isinstance(change, NowChanged) for change in studio.see(21, playing))


def test_a_posted_title_ends_with_its_show() -> None:
    studio = armed((3, PutOnAir("a")), (4, PipelineSeen(Playing("live", slot="a"))), (5, MetadataPosted(Title("News"))))
    studio.see(10, ALI)
    for at, seen in ((11, BOTH), (12, PutOnAir("b")), (13, PipelineSeen(Playing("live", slot="b")))):
        studio.see(at, seen)
    assert studio.station.now is not None
    assert studio.station.now.title == Title("Awaz", "Ali")


slots = st.sampled_from(SLOTS)
mounts = st.one_of(st.none(), st.builds(Mount, st.sampled_from(["i1", "i2", "i3"])))
observations = st.one_of(
    st.builds(EncoderAuthorised, st.sampled_from(["k1", "k2"]), st.sampled_from(["Sara", "Ali"]), slots),
    st.builds(EncoderConnected, slots),
    st.builds(EncoderGone, slots),
    st.builds(EncoderEvicted, slots),
    st.builds(MountsSeen, mounts, st.sampled_from([PUBLIC, PUBLIC, None]), st.just(0), mounts),
    st.builds(PipelineSeen, st.just(Playing("auto")), st.frozensets(slots), st.frozensets(slots)),
    st.just(Tick()),
)
presses = st.one_of(st.builds(PutOnAir, slots), st.builds(TakenOffAir, st.sampled_from(["", "current"])))
histories = st.lists(st.tuples(st.floats(0, 12), st.one_of(observations, presses)), max_size=40)


def play(studio: Studio, history: list[tuple[float, Observation]]) -> list[tuple[Observation, tuple[Change, ...]]]:
    """See a history, in which `current` is the broadcast that is live then; return what each step caused."""
    steps = []
    for delay, step in history:
        live = studio.station.live
        current = {"current": live.id if live is not None else "none", "": "another"}
        seen = TakenOffAir(current[step.broadcast_id]) if isinstance(step, TakenOffAir) else step
        steps.append((seen, studio.see(studio.at + delay, seen)))
    return steps


def test_statistics_that_are_older_than_the_end_of_an_encoder_bring_it_not_back() -> None:
    studio = Studio((0, ON), (0, ARMED), (1, SARA), (1.1, EncoderConnected("a")), (2, FIRST), (2.1, HEARD))
    studio.see(10, EncoderGone("a"))
    studio.see(10.3, FIRST)
    assert studio.state("a") == "absent"
    studio.see(10.6, SARA)
    studio.see(10.7, EncoderConnected("a"))
    studio.see(10.8, FIRST)
    studio.see(11, MountsSeen(Mount("i3"), PUBLIC))
    encoder = studio.station.source("a").encoder
    assert encoder is not None
    assert (encoder.instance, encoder.key_id) == ("i3", "k1")
    # After that, they are the truth.
    studio.see(20, EncoderGone("a"))
    studio.see(22, MountsSeen(Mount("i3"), PUBLIC))
    assert studio.state("a") == "preview"


@given(histories)
def test_at_an_armed_station_nothing_goes_on_air_that_nobody_pressed(history: list[tuple[float, Observation]]) -> None:
    steps = play(Studio((0, ON), (0, ARMED)), history)
    live = [seen for seen, changes in steps for each in changes if isinstance(each, Started) and each.broadcast.slot]
    assert all(isinstance(seen, PutOnAir) for seen in live)


@given(histories, st.booleans())
def test_every_start_has_one_stop_and_a_handover_doubles_nothing(
    history: list[tuple[float, Observation]], auto_live: bool
) -> None:
    studio = Studio((0, ON), (0, Configured(auto_live, True)))
    play(studio, history)
    studio.changes += rules.close(studio.station, "station_removed")
    opened: list[str] = []
    for change in studio.changes:
        match change:
            case Started(broadcast):
                opened.append(broadcast.id)
            case Stopped(broadcast):
                assert opened.pop() == broadcast.id
        assert len(opened) <= 2
    assert opened == []


@given(histories, st.booleans())
def test_what_the_pipeline_is_to_play_belongs_to_the_broadcast(
    history: list[tuple[float, Observation]], auto_live: bool
) -> None:
    studio = Studio((0, ON), (0, Configured(auto_live, True)))
    for step in history:
        play(studio, [step])
        states = [studio.state(slot) for slot in SLOTS]
        assert states.count("on_air") + states.count("lost") == (studio.station.live is not None)
        live, slot = studio.station.live, studio.wanted
        encoder = studio.station.source(slot).encoder if slot is not None else None
        assert slot is None or live is not None
        assert encoder is None or live is None or not (live.encoder or encoder).is_other_than(encoder)


def test_a_browser_waits_for_the_button_also_where_encoders_go_on_air_by_themselves() -> None:
    browser = EncoderAuthorised(browser_key("u1"), "Sara", "a")
    studio = Studio((0, ON), (1, browser), (2, FIRST), (4, HEARD), (60, Tick()))
    assert studio.station.auto_live
    assert studio.station.live is None
    studio.see(61, PutOnAir("a", "b1"))
    assert studio.station.live is not None


MISSED = [(3, FIRST), (4, ON)]
NOT_SEEN_AT_FIRST = [(1.1, EncoderConnected("a")), (4, ON)]
"""Its hook came, and statistics that were too old."""


@pytest.mark.parametrize("steps", [MISSED, NOT_SEEN_AT_FIRST], ids=["missed once", "not seen at first"])
def test_a_browser_that_statistics_miss_for_a_moment_does_not_go_on_air_by_itself(
    steps: list[tuple[float, Observation]],
) -> None:
    browser = EncoderAuthorised(browser_key("u1"), "Sara", "a")
    studio = Studio((0, ON), (1, browser), *steps, (5, FIRST), (6, HEARD), (60, FIRST))
    assert (studio.broadcasts, studio.state("a")) == ([], "preview")
    assert studio.station.key_id("a") == browser_key("u1")


def test_an_encoder_that_was_missed_keeps_its_key_while_another_one_is_let_in() -> None:
    studio = armed((3, ON), (4, EncoderAuthorised("k2", "Ali", "a")), (5, FIRST), (9, Tick()))
    assert studio.station.key_id("a") == "k1"
