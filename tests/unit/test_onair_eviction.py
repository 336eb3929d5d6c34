"""Evicted encoders, stand-in titles, and the shown bitrate."""

from controlplane.features.onair import rules
from controlplane.features.onair.document import bitrate_kbps, document
from controlplane.features.onair.state import (
    Change,
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
    Station,
    Stopped,
    Tick,
)
from controlplane.features.onair.titles import Title
from controlplane.kernel.stations import StationRow

ROW = StationRow("s1", "awaz", "Awaz", "", 128, True)
LIVE = MountsSeen(Mount("i1"), Mount("p1"))


def observe(station: Station, *steps: tuple[float, Observation]) -> tuple[Station, list[Change]]:
    changes: list[Change] = []
    for at, seen in steps:
        station, more = rules.observe(station, seen, at, GracePeriods())
        changes += more
    return station, changes


def test_an_evicted_encoder_ends_its_broadcast_without_a_grace_period() -> None:
    station, _ = observe(Station("awaz", "Awaz"), (0, LIVE))
    station, changes = observe(station, (10, EncoderEvicted()))
    assert [(type(event), getattr(event, "reason", "")) for event in changes] == [(Stopped, "host_removed")]
    assert station.foreground is None


def test_older_statistics_do_not_bring_an_evicted_encoder_back() -> None:
    station, _ = observe(Station("awaz", "Awaz"), (0, LIVE), (10, EncoderEvicted()), (10.1, LIVE), (11, Tick()))
    assert station.foreground is None
    again, _ = observe(station, (20, MountsSeen(Mount("i2"), Mount("p1"))))
    assert again.foreground is not None


def test_titles_of_an_evicted_encoder_are_no_autodj_tracks() -> None:
    station, _ = observe(Station("awaz", "Awaz"), (0, LIVE), (1, PipelineSeen(Playing("live", "Theirs"))))
    station, _ = observe(station, (2, MetadataPosted(Title("Posted by the host"), None, None)))
    station, changes = observe(station, (10, EncoderEvicted()), (10.5, PipelineSeen(Playing("live", "Their last"))))
    assert [type(event) for event in changes] == [Stopped]
    station, changes = observe(station, (11, PipelineSeen(Playing("auto", "Ours"))))
    assert [event.now.title.title for event in changes if isinstance(event, NowChanged)] == ["Ours"]


def test_an_eviction_after_its_hook_keeps_the_encoder_out() -> None:
    station, _ = observe(Station("awaz", "Awaz"), (0, LIVE))
    station, changes = observe(station, (10, EncoderGone()), (10.1, EncoderEvicted()), (10.2, LIVE), (11, Tick()))
    assert [event.reason for event in changes if isinstance(event, Stopped)] == ["host_removed"]
    assert station.foreground is None


def test_an_eviction_without_an_encoder_changes_nothing() -> None:
    station, _ = observe(Station("awaz", "Awaz"), (0, MountsSeen(None, Mount("p1"))))
    assert observe(station, (1, EncoderEvicted())) == (station, [])


def test_a_stand_in_title_is_marked() -> None:
    _, changes = observe(Station("awaz", "Awaz"), (0, LIVE), (1, PipelineSeen(Playing("live"))))
    changed = [event.now for event in changes if isinstance(event, NowChanged)]
    assert [(now.title.title, now.stand_in) for now in changed] == [("Awaz", True)]
    _, changes = observe(Station("awaz", "Awaz"), (0, LIVE), (1, PipelineSeen(Playing("live", "Song"))))
    changed = [event.now for event in changes if isinstance(event, NowChanged)]
    assert [(now.title.title, now.stand_in) for now in changed] == [("Song", False)]


def test_the_configured_bitrate_applies_until_one_is_measured() -> None:
    station = Station("awaz", "Awaz")
    assert bitrate_kbps(ROW, station) == 0
    station, _ = observe(station, (0, MountsSeen(None, Mount("p1"))))
    assert bitrate_kbps(ROW, station) == 128
    station, _ = observe(station, (9, MountsSeen(None, Mount("p1", bitrate_kbps=131))))
    assert document(ROW, station, ()).bitrate_kbps == 131
