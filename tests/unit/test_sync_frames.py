"""Frames of streams: which are found, whatever encoder made them and however the bytes come."""

import subprocess
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.features.sync.frames import FrameReader
from controlplane.kernel.mounts import Format
from tests.support.audio import Sounds

MP3 = ["-c:a", "libmp3lame", "-id3v2_version", "0", "-write_xing", "0"]
ENCODED: dict[str, tuple[str, list[str]]] = {
    "constant bitrate": ("cbr.mp3", [*MP3, "-b:a", "128k"]),
    "variable bitrate": ("vbr.mp3", [*MP3, "-q:a", "4"]),
    "joint stereo": ("joint.mp3", [*MP3, "-b:a", "96k", "-ac", "2", "-joint_stereo", "1"]),
    "separate channels": ("stereo.mp3", [*MP3, "-b:a", "320k", "-ac", "2", "-joint_stereo", "0"]),
    "one channel": ("mono.mp3", [*MP3, "-b:a", "64k", "-ac", "1"]),
    "another rate": ("48k.mp3", [*MP3, "-b:a", "128k", "-ar", "48000"]),
    "another encoder": ("shine.mp3", ["-c:a", "libshine", "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0"]),
    "a Xing header": ("xing.mp3", ["-c:a", "libmp3lame", "-q:a", "2", "-id3v2_version", "0"]),
    "AAC": ("plain.aac", ["-c:a", "aac", "-b:a", "128k"]),
    "AAC of one channel": ("mono.aac", ["-c:a", "aac", "-b:a", "48k", "-ac", "1", "-ar", "48000"]),
}
TAG = b"ID3\x04\x00\x00\x00\x00\x02\x01" + (b"\xff\xfb\x90\x64" + b"x" * 253)
"""An ID3 tag in which a frame seems to begin, though the standard forbids that."""
GARBAGE = b"\xff\xfb\x90\x64 not a frame \xff\xff\xfa" + bytes(range(200))


def packets(path: Path) -> list[bytes]:
    """Return the frames of a file as FFmpeg cuts them."""
    command = ["ffprobe", "-v", "error", "-show_entries", "packet=pos,size", "-of", "csv=p=0", str(path)]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    content = path.read_bytes()
    sizes = [(int(at), int(size)) for size, at in (line.split(",")[:2] for line in listed)]
    return [content[at : at + size] for at, size in sizes]


def read(audio: Format, pieces: Sequence[bytes]) -> list[bytes]:
    reader = FrameReader(audio)
    return [frame for piece in pieces for frame in reader.feed(piece)]


@pytest.mark.parametrize("kind", ENCODED)
def test_the_frames_of_each_encoder_are_those_that_ffmpeg_finds(sounds: Sounds, kind: str) -> None:
    name, arguments = ENCODED[kind]
    path = sounds.encoded(name, *arguments)
    audio: Format = "aac" if name.endswith("aac") else "mp3"
    found, content = read(audio, [path.read_bytes()]), path.read_bytes()
    expected = packets(path)
    # FFmpeg passes over the header that is a frame; the last frame has none that confirms it.
    assert found[-(len(expected) - 1) :] == expected[:-1]
    assert b"".join(found) == content[: -len(expected[-1])]


@cache
def frames_of(path: Path) -> tuple[bytes, ...]:
    return tuple(packets(path))


@settings(max_examples=40)
@given(cuts=st.lists(st.integers(0, 40_000), max_size=60))
def test_the_frames_do_not_depend_on_how_the_bytes_come(sounds: Sounds, cuts: list[int]) -> None:
    frames = frames_of(sounds.encoded("vbr.mp3", *ENCODED["variable bitrate"][1]))[:90]
    stream = b"".join([*frames[:30], frames[30][:100], *frames[31:50], TAG, *frames[50:70], GARBAGE, *frames[70:]])
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[begin:end] for begin, end in pairwise(edges)]
    found = read("mp3", pieces)
    assert found == read("mp3", [stream])
    # The truncated frame is not among them, nor the last, which nothing confirms.
    assert found == [*frames[:30], *frames[31:89]]


@given(joined_at=st.integers(0, 2_000))
def test_a_stream_is_joined_at_any_byte(sounds: Sounds, joined_at: int) -> None:
    frames = frames_of(sounds.encoded("cbr.mp3", *ENCODED["constant bitrate"][1]))[:40]
    found = read("mp3", [b"".join(frames)[joined_at:]])
    assert found == list(frames[len(frames) - len(found) - 1 : -1])
    assert len(found) >= len(frames) - 2 - joined_at // min(map(len, frames)) - 1


def test_the_rate_is_that_of_the_newest_frame_and_not_of_what_looks_like_one(sounds: Sounds) -> None:
    frames = frames_of(sounds.encoded("cbr.mp3", *ENCODED["constant bitrate"][1]))[:20]
    reader = FrameReader("mp3")
    at_48_khz = b"\xff\xfb\x94\x64"
    assert reader.feed(b"".join([*frames, at_48_khz, bytes(100), at_48_khz, bytes(500)]))
    assert reader.rate_hz == 44_100


@given(st.binary(max_size=3000))
def test_anything_else_has_no_frames_and_does_no_harm(noise: bytes) -> None:
    for audio in ("mp3", "aac"):
        assert b"".join(read(audio, [noise])) in noise
