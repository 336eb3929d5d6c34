"""Slices of a browser's recording: their numbers, and what can be broadcast."""

import pytest

from controlplane.features.microphone.slices import KEPT, OPUS, Recording, numbered, recording
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
