"""Slices of a browser's recording: their numbers, and what can be broadcast."""

from collections.abc import Iterable

import pytest

from controlplane.features.microphone.slices import AHEAD_S, KEPT, OPUS, Pace, Recording, Slice, parsed, recording
from controlplane.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("mime", "read"),
    [
        ("audio/webm;codecs=opus", Recording("webm", KEPT)),
        ("audio/ogg; codecs=opus", Recording("ogg", KEPT)),
        ("AUDIO/WEBM;CODECS=OPUS", Recording("webm", KEPT)),
        ("audio/webm;codecs=pcm", Recording("webm", OPUS)),
        ("audio/mp4;codecs=mp4a.40.2", Recording("mp4", OPUS)),
    ],
)
def test_opus_is_kept_and_anything_else_becomes_opus(mime: str, read: Recording) -> None:
    assert recording(mime) == read


@pytest.mark.parametrize("mime", ["", "video/webm", "audio/webm -i /etc/passwd", "text/html"])
def test_what_no_browser_records_is_refused(mime: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be broadcast"):
        recording(mime)


def test_a_slice_has_its_number_in_front_and_may_have_its_time() -> None:
    assert parsed(b"\x00\x00\x01\x02sound", timed=False) == Slice(258, b"sound")
    assert parsed(b"\x00\x00\x01\x02\x00\x00\x0f\xa0sound", timed=True) == Slice(258, b"sound", 4.0)


@pytest.mark.parametrize("message", [b"", b"\x00\x00\x00", b"\x00\x00\x00\x01"])
def test_a_message_without_sound_is_refused(message: bytes) -> None:
    for timed in (False, True):
        with pytest.raises(InvalidInput, match="a slice is"):
            parsed(message, timed=timed)


def passed_on(pace: Pace, arrivals: Iterable[tuple[float, float]]) -> list[float]:
    """Return when slices are passed on that were recorded and arrived at some times; one waits for the one before."""
    now, found = 0.0, []
    for recorded, arrived in arrivals:
        now = max(now, arrived)
        now += pace.wait_s(recorded, now)
        found.append(now)
    return found


def test_slices_in_real_time_never_wait() -> None:
    arrivals = [(number / 4, 100.1 + number / 4 + number % 3 / 10) for number in range(400)]
    assert passed_on(Pace(), arrivals) == [arrived for _, arrived in arrivals]


def test_what_was_said_in_an_interruption_is_passed_on_as_fast_as_it_was_said_and_is_late_from_then_on() -> None:
    recorded = [number * 0.3 for number in range(100)]
    found = passed_on(Pace(), [(each, max(each, 12.0) if each > 3 else each) for each in recorded])
    late = [at - each for each, at in zip(recorded, found, strict=True)]
    assert late[0] == 0
    assert late[-1] == pytest.approx(max(late) - AHEAD_S)
    burst = [at for at in found if at == 12.0]
    assert len(burst) * 0.3 == pytest.approx(AHEAD_S, abs=0.4)


def test_a_recording_that_begins_with_much_is_passed_on_after_its_silence_as_it_was_said() -> None:
    recorded = [50 + number * 0.3 for number in range(40)]
    found = passed_on(Pace(lead_s=2.0), [(each, 62.0) for each in recorded])
    assert found[0] == 62.0
    assert found[-1] == pytest.approx(62.0 + 2.0 + recorded[-1] - recorded[0])


def test_a_clock_that_begins_anew_holds_nothing_up() -> None:
    pace = Pace()
    pace.wait_s(2**32 / 1000 - 1, 100.0)
    assert pace.wait_s(0.5, 101.5) == 0.0


def test_a_server_that_stood_still_holds_nothing_up_afterwards() -> None:
    pace = Pace()
    pace.wait_s(0.0, 100.0)
    assert pace.wait_s(60.0, 100.5) == 0.0
    assert pace.wait_s(60.3, 100.8) == 0.0
