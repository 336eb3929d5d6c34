"""The measured bitrate of a mount."""

from controlplane.features.onair.sources.meter import Meter
from controlplane.icecast.parse import MountStats, Stats


def reading(count: int, instance: str = "i") -> Stats:
    return Stats({"/a": MountStats(instance, bytes_read=count)})


def test_the_bitrate_is_measured_over_a_window() -> None:
    meter = Meter()
    for second in range(1, 60, 5):
        meter.read(reading(second * 16000), float(second))
    assert meter.kbps("/a") == 128


def test_no_bitrate_is_reported_without_enough_readings() -> None:
    meter = Meter()
    meter.read(reading(1), 0.0)
    meter.read(reading(2), 5.0)
    assert meter.kbps("/a") == 0
    meter.read(reading(900000), 10.0)
    assert meter.kbps("/a") > 0
    meter.read(reading(5, "other"), 15.0)
    assert meter.kbps("/a") == 0
    meter.read(Stats({}), 20.0)
    assert meter.kbps("/a") == 0
