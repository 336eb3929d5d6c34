"""Slices of a browser's recording: their numbers, and what can be broadcast."""

import pytest

from controlplane.features.microphone.slices import AHEAD_S, KEPT, OPUS, Pace, Recording, numbered, recording
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


def test_a_slice_has_its_number_in_front() -> None:
    assert numbered(b"\x00\x00\x01\x02sound") == (258, b"sound")


@pytest.mark.parametrize("message", [b"", b"\x00\x00\x00", b"\x00\x00\x00\x01"])
def test_a_message_without_sound_is_refused(message: bytes) -> None:
    with pytest.raises(InvalidInput, match="a slice is"):
        numbered(message)


def test_slices_in_real_time_never_wait() -> None:
    pace = Pace(0.25)
    assert {pace.wait_s(100 + number / 4) for number in range(400)} == {0.0}


def test_what_was_said_in_an_interruption_is_passed_on_hardly_faster_than_it_was_said() -> None:
    pace, began = Pace(0.25), 100.0
    pace.wait_s(began)
    now = back = began + 20
    for _ in range(80):
        now += pace.wait_s(now)
    assert now - back == pytest.approx(20.0 - AHEAD_S - 0.25)


def test_a_recording_that_begins_with_much_is_passed_on_as_it_was_said() -> None:
    pace, now = Pace(0.25, lead_s=2.0), 100.0
    for _ in range(81):
        now += pace.wait_s(now)
    assert now - 100.0 == pytest.approx(22.0)
