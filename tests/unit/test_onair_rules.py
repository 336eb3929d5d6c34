"""Rules of a station on air: single observations, sequences, and random histories."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.onair import rules
from controlplane.features.onair.quality import quality
from controlplane.features.onair.state import (
    Change,
    Configured,
    CountChanged,
    EncoderAuthorised,
    EncoderConnected,
    EncoderGone,
    IcecastSilent,
    MetadataPosted,
    Mount,
    MountBusy,
    MountsSeen,
    NowChanged,
    Observation,
    PipelineSeen,
    Playing,
    PutOnAir,
    Started,
    Station,
    Stopped,
    Tick,
)
from controlplane.features.onair.titles import Title
from tests.support.timeline import AUTO, LIVE, ON, PUBLIC, Timeline, live


def test_autodj_starts_when_the_pipeline_is_on_the_mount() -> None:
    assert Timeline((0, ON), (0.1, AUTO)).broadcasts == ["+autodj"]


def test_a_live_broadcast_nests_over_autodj() -> None:
    timeline = Timeline(
        (0, ON), (1, EncoderAuthorised("k", "Sara")), (1.1, EncoderConnected()), (60, EncoderGone()), (71, Tick())
    )
    assert timeline.broadcasts == ["+autodj", "+live", "-live encoder_gone"]
    assert timeline.station.broadcast == timeline.station.autodj


def test_the_stream_key_holder_is_the_host_of_the_broadcast() -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k", "Sara")), (1.1, EncoderConnected()))
    assert timeline.station.foreground is not None
    assert timeline.station.foreground.host == "Sara"


def test_a_reconnect_within_the_grace_period_keeps_the_broadcast() -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k", "Sara")), (1.1, live()), (20, EncoderGone()))
    timeline.observe(23, EncoderAuthorised("k", "Sara"))
    timeline.observe(23.1, live("i2"))
    timeline.observe(60, Tick())
    assert timeline.broadcasts == ["+autodj", "+live"]


def test_a_reconnect_after_the_grace_period_is_a_new_broadcast() -> None:
    timeline = Timeline((0, ON), (1, live()), (20, ON), (30, Tick()), (31, live("i2")))
    assert timeline.broadcasts == ["+autodj", "+live", "-live encoder_gone", "+live"]


def test_titles_follow_the_audio_during_the_grace_period() -> None:
    timeline = Timeline(
        (0, ON), (0, AUTO), (1, live()), (2, PipelineSeen(Playing("live", "Song"))), (20, EncoderGone()), (21, AUTO)
    )
    assert timeline.station.foreground is not None
    assert timeline.station.foreground.lost_at == 20
    assert quality(timeline.station) == ("degraded", ("encoder_reconnecting",))
    assert timeline.station.now is not None
    assert (timeline.station.now.title.title, timeline.station.now.kind) == ("Lamp", "autodj")


@pytest.mark.parametrize("hints", [(EncoderGone(),), ()])
def test_a_handover_ends_one_broadcast_and_starts_the_next(
    hints: tuple[Observation, ...],
) -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k1", "Sara")), (1.1, live("i1")))
    for hint in hints:
        timeline.observe(50, hint)
    timeline.observe(50.2, EncoderAuthorised("k2", "Ali"))
    timeline.observe(50.3, EncoderConnected())
    timeline.observe(50.8, live("i2"))
    assert timeline.broadcasts == ["+autodj", "+live", "-live handover", "+live"]
    assert timeline.station.foreground is not None
    assert timeline.station.foreground.host == "Ali"


def test_polling_alone_detects_a_handover() -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k1", "Sara")), (1.1, live("i1")))
    timeline.observe(50.2, EncoderAuthorised("k2", "Ali"))
    timeline.observe(52, live("i2"))
    assert timeline.broadcasts == ["+autodj", "+live", "-live handover", "+live"]


def test_stale_statistics_do_not_hide_the_host_of_a_handover() -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k1", "Sara")), (1.1, live("i1")))
    for at, observation in (
        (50, EncoderGone()),
        (50.1, EncoderAuthorised("k2", "Ali")),
        (50.2, live("i1")),
        (50.3, EncoderConnected()),
        (50.8, live("i2")),
    ):
        timeline.observe(at, observation)
    assert timeline.broadcasts == ["+autodj", "+live", "-live handover", "+live"]
    assert timeline.station.key_id("a") == "k2"


def test_a_late_removal_hook_does_not_drop_the_encoders_key() -> None:
    timeline = Timeline(
        (0, ON), (1, EncoderAuthorised("k1", "Sara")), (1.1, EncoderConnected()), (1.2, EncoderGone()), (1.6, live())
    )
    assert timeline.station.key_id("a") == "k1"


def test_a_second_encoder_is_reported_and_changes_nothing() -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k1", "Sara")), (1.1, live("i1")))
    timeline.observe(5, EncoderAuthorised("k2", "Ali"))
    assert timeline.observe(5.5, Tick()) == ()
    assert timeline.observe(7, Tick()) == (MountBusy("Ali", "Sara"),)
    timeline.observe(10, live("i1"))
    timeline.observe(60, live("i1"))
    assert timeline.broadcasts == ["+autodj", "+live"]


def test_statistics_older_than_the_hook_are_ignored() -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k1", "Sara")), (1.1, EncoderConnected()), (1.2, ON))
    assert timeline.station.foreground is not None
    assert timeline.station.foreground.lost_at is None
    timeline.observe(4, ON)
    assert timeline.station.foreground.lost_at == 4


def test_broadcasts_continue_while_icecast_is_down() -> None:
    timeline = Timeline((0, MountsSeen(Mount("i1"), Mount("p1", 7))), (5, EncoderGone()), (6, IcecastSilent()))
    timeline.observe(500, Tick())
    assert (timeline.station.icecast_down, timeline.station.listeners) == (True, 7)
    timeline.observe(501, MountsSeen(None, None))
    timeline.observe(506, MountsSeen(Mount("i2"), PUBLIC))
    timeline.observe(900, Tick())
    assert timeline.broadcasts == ["+autodj", "+live"]


def test_a_lost_pipeline_ends_live_first_and_then_autodj() -> None:
    timeline = Timeline((0, live()), (5, MountsSeen(Mount("i1"), None)), (15, Tick()))
    assert timeline.broadcasts == ["+autodj", "+live", "-live pipeline_gone", "-autodj pipeline_gone"]
    assert quality(timeline.station) == ("offline", ("no_audio",))
    assert timeline.station.now is None


def test_a_repeated_title_is_one_event() -> None:
    timeline = Timeline((0, ON), (1, AUTO))
    assert timeline.observe(2, AUTO) == ()
    assert timeline.observe(3, PipelineSeen(Playing("auto", "Band - Lamp"))) == ()


def test_a_track_that_the_library_has_let_go_keeps_its_name_to_its_end() -> None:
    known = Playing("auto", "Lamp", "Band", "Oil", "t1", "i1", "a1", duration_s=60)
    timeline = Timeline((0, ON), (1, PipelineSeen(known)))
    named = timeline.station.now
    assert timeline.observe(2, PipelineSeen(Playing("auto", item="i1"))) == ()
    assert timeline.station.now == named
    timeline.observe(3, PipelineSeen(Playing("auto", item="i2")))
    assert timeline.station.now is not None
    assert timeline.station.now.stand_in


def test_a_live_source_without_a_title_shows_station_and_host() -> None:
    timeline = Timeline((0, ON), (1, EncoderAuthorised("k", "Sara")), (1.1, live()), (2, LIVE))
    assert timeline.station.now is not None
    assert timeline.station.now.title == Title("Awaz", "Sara")


def test_a_title_override_lasts_until_the_next_track() -> None:
    timeline = Timeline((0, ON), (1, AUTO), (2, MetadataPosted(Title("News"), show="Morning")))
    assert timeline.station.now is not None
    assert (timeline.station.now.title, timeline.station.now.show) == (Title("News"), "Morning")
    assert timeline.observe(3, AUTO) == ()
    timeline.observe(4, PipelineSeen(Playing("auto", "Next")))
    assert timeline.station.now.title == Title("Next")
    assert timeline.station.now.show == "Morning"


def test_an_overdue_icecast_title_replaces_the_pipelines() -> None:
    timeline = Timeline((0, ON), (1, live()), (2, PipelineSeen(Playing("live", "A - One"))))
    timeline.observe(10, MountsSeen(Mount("i1", title="A - Two"), PUBLIC))
    timeline.observe(12, Tick())
    assert timeline.station.now is not None
    assert timeline.station.now.title == Title("One", "A")
    timeline.observe(15, Tick())
    assert timeline.station.now.title == Title("Two", "A")
    timeline.observe(20, MetadataPosted(Title("Typed")))
    timeline.observe(30, Tick())
    assert timeline.station.now.title == Title("Typed")
    timeline.observe(40, PipelineSeen(Playing("live", "A - Three")))
    assert timeline.station.now.title == Title("Three", "A")


def test_a_title_in_the_pipelines_own_spelling_is_not_overdue() -> None:
    timeline = Timeline((0, ON), (1, live()), (10, MountsSeen(Mount("i1", title="caf?"), PUBLIC)))
    timeline.observe(11.5, PipelineSeen(Playing("live", "caf\u00e9")))
    assert timeline.observe(30, Tick()) == ()


def test_listener_counts_are_events_only_when_they_change() -> None:
    timeline = Timeline((0, MountsSeen(None, Mount("p1", 9))))
    assert timeline.observe(1, MountsSeen(None, Mount("p1", 9))) == ()
    assert timeline.observe(2, MountsSeen(None, Mount("p1", 4))) == (CountChanged(),)
    assert (timeline.station.listeners, timeline.station.peak) == (4, 9)


def test_listeners_on_the_off_air_mount_are_counted() -> None:
    timeline = Timeline((0, MountsSeen(None, Mount("p1", 9))), (10, MountsSeen(None, None)))
    assert timeline.station.listeners == 9
    timeline.observe(10.5, MountsSeen(None, None, 8))
    timeline.observe(12.5, MountsSeen(None, None, 8))
    assert timeline.station.listeners == 8
    timeline.observe(14, MountsSeen(None, Mount("p2", 1), 7))
    assert (timeline.station.listeners, timeline.station.peak) == (8, 9)
    timeline.observe(17, MountsSeen(None, Mount("p2", 2), 0))
    assert timeline.station.listeners == 2


def test_an_encoder_without_authorisation_goes_live_on_a_poll() -> None:
    timeline = Timeline((0, ON), (1, EncoderConnected()))
    assert timeline.broadcasts == ["+autodj"]
    timeline.observe(2, live("i1"))
    assert timeline.broadcasts == ["+autodj", "+live"]


def test_a_restored_broadcast_continues_without_events() -> None:
    timeline = Timeline(
        (0, ON), (0.5, EncoderAuthorised("k", "Sara")), (1, live()), (2, PipelineSeen(Playing("live", "Song")))
    )
    before = timeline.station
    restored = replace(
        Station("awaz", "Awaz"),
        autodj=replace(before.autodj, lost_at=30.0) if before.autodj else None,
        foreground=replace(before.foreground, lost_at=30.0) if before.foreground else None,
        now=before.now,
    )
    timeline.station, timeline.changes = restored, []
    timeline.observe(30, PipelineSeen(Playing("live", "Song")))
    timeline.observe(31, live())
    timeline.observe(90, Tick())
    assert not [event for event in timeline.changes if isinstance(event, Started | Stopped | NowChanged)]


hints = st.one_of(
    st.builds(EncoderAuthorised, st.sampled_from(["k1", "k2"]), st.sampled_from(["Sara", "Ali"])),
    st.just(EncoderConnected()),
    st.just(EncoderGone()),
    st.just(IcecastSilent()),
    st.just(Tick()),
    st.builds(
        PipelineSeen,
        st.builds(Playing, st.sampled_from(["live", "auto", "safe", "none"]), st.sampled_from(["", "a", "b"])),
    ),
    st.builds(Configured, st.booleans(), st.booleans()),
    st.builds(PutOnAir, st.none(), st.uuids().map(lambda id_: id_.hex[:24])),
    st.builds(
        MetadataPosted, st.one_of(st.none(), st.just(Title("t"))), st.one_of(st.none(), st.sampled_from(["", "s"]))
    ),
)
mounts = st.builds(
    MountsSeen,
    st.one_of(st.none(), st.builds(Mount, st.sampled_from(["i1", "i2"]))),
    st.one_of(st.none(), st.builds(Mount, st.just("p1"), st.integers(0, 5))),
)
steps = st.lists(st.tuples(st.floats(0.0, 15.0), st.one_of(hints, mounts)), max_size=30)
sources = st.sampled_from(["live", "auto"])


def open_broadcasts(changes: Iterable[Change]) -> list[str]:
    """Return the broadcasts that began and did not end; the newest of them always ends first."""
    opened: list[str] = []
    for change in changes:
        if isinstance(change, Started):
            opened.append(change.broadcast.id)
        if isinstance(change, Stopped):
            assert opened.pop() == change.broadcast.id
    return opened


@given(steps, mounts, sources, st.booleans(), st.booleans())
def test_any_observation_history_converges_to_the_truth(
    history: list[tuple[float, Observation]], truth: MountsSeen, source: str, enabled: bool, recorded: bool
) -> None:
    timeline, now = Timeline(), 0.0
    for delay, observation in history:
        now += delay
        timeline.observe(now, observation)
        timeline.observe(now, observation)
    broadcast = timeline.station.foreground.id if recorded and timeline.station.foreground else ""
    playing = PipelineSeen(Playing(source, "truth", broadcast=broadcast))  # type: ignore[arg-type]
    timeline.observe(now, Configured(auto_live=enabled, auto_stop=True))
    for at in (now + 1, now + 12, now + 24):
        timeline.observe(at, truth)
        timeline.observe(at, playing)
    station = timeline.station
    assert (station.autodj is not None) == (truth.public is not None)
    # What is on air already stays there, if it is still heard.
    expected: set[str | None] = {"live"} if truth.ingest is not None else {None}
    waits = truth.ingest is not None and (not enabled or station.source("a").held)
    expected |= {None} if waits else set()
    expected |= {"upload"} if recorded and (truth.ingest is None or waits) else set()
    assert (station.foreground.kind if station.foreground else None) in (expected if truth.public else {None})
    assert station.listeners == (truth.public.listeners if truth.public else 0)
    encoder = station.source("a").encoder
    assert (encoder.instance if encoder else None) == (truth.ingest.instance if truth.ingest else None)
    on_air = [broadcast.id for broadcast in (station.autodj, station.foreground) if broadcast is not None]
    assert open_broadcasts(timeline.changes) == on_air


@given(steps)
def test_closing_a_station_stops_every_started_broadcast(history: list[tuple[float, Observation]]) -> None:
    timeline, now = Timeline(), 0.0
    for delay, observation in history:
        now += delay
        timeline.observe(now, observation)
    timeline.changes += rules.close(timeline.station, "station_removed")
    started = [event.broadcast.id for event in timeline.changes if isinstance(event, Started)]
    stopped = [event.broadcast.id for event in timeline.changes if isinstance(event, Stopped)]
    assert sorted(started) == sorted(stopped)
    assert len(set(started)) == len(started)


def test_a_track_that_goes_on_with_another_host_began_when_it_began() -> None:
    timeline = Timeline((0, ON), (1, PipelineSeen(Playing("auto", "Lamp"))), (9, MetadataPosted(None, None, "Sara")))
    assert timeline.station.now is not None
    assert (timeline.station.now.host, timeline.station.now.started_at) == ("Sara", 1)
