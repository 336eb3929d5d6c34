"""Frames of MP3 and AAC: where they begin, and when those of the off-air mounts are sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.icecast.frames import first_frame
from controlplane.icecast.offair.loop import LATE_S, Loop, read
from controlplane.kernel.mounts import Format

PLAIN = b"\xff\xfb\x90\x64" + b"a" * 413
PADDED = b"\xff\xfb\x92\x64" + b"b" * 414
"""128 kbit/s at 44.1 kHz."""
ADTS = bytes.fromhex("fff15080025ffc") + b"c" * 11
"""AAC-LC at 44.1 kHz, of 18 bytes."""


def test_padded_and_unpadded_frames_are_parsed() -> None:
    loop = read(PLAIN + PADDED + PLAIN, "mp3")
    assert loop.frames == (PLAIN, PADDED, PLAIN)
    assert loop.frame_s == pytest.approx(1152 / 44100)


def test_a_truncated_last_frame_is_dropped() -> None:
    assert read(PLAIN + PLAIN[:100], "mp3").frames == (PLAIN,)


@pytest.mark.parametrize(
    "document", [b"", b"ID3\x04tags", PLAIN[:50], b"\xff\xfb\xf0\x64" + b"x" * 500, b"\xff\xf3\x90\x64"]
)
def test_data_other_than_mp3_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="frame"):
        read(document, "mp3")


def test_aac_frames_are_parsed() -> None:
    loop = read(ADTS + ADTS + ADTS[:8], "aac")
    assert loop.frames == (ADTS, ADTS)
    assert loop.frame_s == pytest.approx(1024 / 44100)


@pytest.mark.parametrize(
    "document",
    [b"", ADTS[:6], PLAIN, b"\xff\xf1\x7c" + ADTS[3:], bytes.fromhex("fff1508000dffc")],
    ids=["empty", "too short", "mp3", "unknown rate", "shorter than its header"],
)
def test_data_other_than_aac_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="frame"):
        read(document, "aac")


@pytest.mark.parametrize(("kind", "frame"), [("mp3", PLAIN), ("aac", ADTS)])
@given(joined_at=st.integers(0, 17))
def test_a_stream_that_is_joined_within_a_frame_is_cut_to_the_next_one(
    kind: Format, frame: bytes, joined_at: int
) -> None:
    joined = (frame * 5)[joined_at:]
    assert joined[first_frame(joined, kind) :][: len(frame)] == frame


@pytest.mark.parametrize("audio", [b"", b"\xff" * 500, PLAIN + b"\xff\xfb" + PLAIN[:100], b"OggS" * 200])
def test_without_frames_in_a_row_nothing_is_cut(audio: bytes) -> None:
    assert first_frame(audio, "mp3") == 0


def test_frames_are_sent_when_due_and_loop() -> None:
    loop = Loop((b"a", b"b", b"c"), 0.5)
    assert [loop.due(now) for now in (0.0, 0.4, 0.5, 1.9, 1.9, 2.5)] == [b"", b"", b"a", b"bc", b"", b"ab"]


def test_a_long_pause_is_not_made_up_for() -> None:
    loop = Loop((b"a",), 0.5)
    loop.due(1.0)
    assert len(loop.due(1000.0)) == LATE_S / 0.5
    assert loop.due(1000.0) == b""
