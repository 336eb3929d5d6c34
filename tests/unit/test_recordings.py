"""Rules of recordings: tracks and playlists as broadcasts of their own."""

import pytest

from controlplane.features.onair import rules
from controlplane.features.onair.state import Mount, MountsSeen, Observation, PipelineSeen, Playing, PutOnAir, Tick
from tests.support.timeline import AUTO, ON, PUBLIC, Timeline, live

RECORDING = PutOnAir(None, "r1", title="The interview", host="Sara", art_url="/art")
RECORDED = PipelineSeen(Playing("auto", "Part one", item="i1", broadcast="r1"))


def test_a_recording_ends_when_an_encoder_begins() -> None:
    timeline = Timeline((0, ON), (1, AUTO), (2, RECORDING), (3, RECORDED), (30, live()))
    assert timeline.broadcasts == ["+autodj", "+upload", "-upload live_began", "+live"]


def test_a_recording_ends_when_something_else_is_heard_after_it() -> None:
    part_two = PipelineSeen(Playing("auto", "Part two", item="i2", broadcast="r1"))
    timeline = Timeline((0, ON), (1, AUTO), (2, RECORDING), (2.5, AUTO), (3, RECORDED), (30, part_two))
    now = timeline.station.now
    assert now is not None
    assert (now.kind, now.host, now.title.title, now.broadcast_id) == ("upload", "Sara", "Part two", "r1")
    timeline.observe(60, AUTO)
    assert timeline.broadcasts == ["+autodj", "+upload", "-upload finished"]


@pytest.mark.parametrize("heard", [[], [(3, RECORDED), (30, PipelineSeen(Playing("none")))]])
def test_a_recording_that_is_not_heard_ends(heard: list[tuple[float, Observation]]) -> None:
    timeline = Timeline((0, ON), (1, AUTO), (2, RECORDING), *heard, (31, PipelineSeen(Playing("none"))))
    timeline.observe(50, Tick())
    assert timeline.broadcasts == ["+autodj", "+upload", "-upload finished"]


def test_a_recording_goes_on_while_its_pipeline_starts_anew() -> None:
    timeline = Timeline((0, ON), (2, RECORDING), (3, RECORDED), (30, PipelineSeen(Playing("safe"))), (38, RECORDED))
    assert timeline.broadcasts == ["+autodj", "+upload"]
    assert timeline.station.foreground is not None
    assert timeline.station.foreground.lost_at is None


def test_a_recording_takes_over_from_a_host_whose_encoder_waits_in_preview_then() -> None:
    timeline = Timeline((0, live()), (5, RECORDING), (60, Tick()))
    assert timeline.broadcasts[:3] == ["+autodj", "+live", "-live handover"]
    assert timeline.broadcasts[3] == "+upload"
    assert rules.source_state(timeline.station, "a", 60) != "on_air"


def test_a_second_encoder_does_not_go_on_air_in_place_of_a_recording() -> None:
    both = MountsSeen(Mount("i1"), PUBLIC, 0, Mount("i2"))
    timeline = Timeline((0, live()), (3, both), (5, RECORDING), (6, both), (7, RECORDED), (9, both))
    assert timeline.broadcasts == ["+autodj", "+live", "-live handover", "+upload"]
