"""The checks of a source: its format, its samples and channels, and the character set of its titles."""

import subprocess
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.ogg import OggPage

from controlplane.features.onair import signal
from controlplane.features.onair.signal import Arrival, AudioFormat
from controlplane.features.onair.sources import formats
from controlplane.icecast.parse import MountStats
from controlplane.liquidsoap.parse import EncoderLevel
from controlplane.protocol.going_live import SignalRow

MP3 = AudioFormat("MP3", 44_100, 2)
ADTS = bytes.fromhex("fff15080025ffc") + b"c" * 11


def row(
    name: str,
    title: str = "",
    audio: AudioFormat | None = MP3,
    *,
    is_browser: bool = False,
    delay_ms: int | None = None,
) -> SignalRow:
    arrival = Arrival(MountStats("i1", title=title, media="audio/mpeg"), 128, None, audio, is_browser, delay_ms)
    return next(each for each in signal.rows(arrival) if each.row == name)


@pytest.mark.parametrize(
    ("codec", "container", "expected"),
    [
        (["libmp3lame"], "mp3", AudioFormat("MP3", 44_100, 2)),
        (["aac"], "adts", AudioFormat("AAC", 44_100, 2)),
        (["libvorbis"], "ogg", AudioFormat("Ogg Vorbis", 44_100, 2)),
        (["libopus"], "ogg", AudioFormat("Ogg Opus", 48_000, 2)),
        (["flac"], "ogg", AudioFormat("Ogg FLAC", 44_100, 2)),
        (["libmp3lame", "-ar", "22050", "-ac", "1"], "mp3", AudioFormat("MP3", 22_050, 1)),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_the_format_of_a_stream_is_read_from_its_beginning(
    codec: list[str], container: str, expected: AudioFormat
) -> None:
    source = ["-f", "lavfi", "-i", "sine=440:d=4:r=44100", "-ac", "2"]
    command = ["ffmpeg", "-v", "error", *source, "-c:a", *codec, "-f", container, "-"]
    audio = subprocess.run(command, capture_output=True, check=True).stdout
    assert formats.read(audio[: formats.ENOUGH_BYTES]) == expected


def test_a_stream_is_read_as_what_it_says_it_is_before_anything_else() -> None:
    adts, mp3 = ADTS * 40, (b"\xff\xfb\x90\x64" + b"a" * 413) * 40
    assert formats.read(adts + mp3) == AudioFormat("AAC", 44_100, 2)
    assert formats.read(adts + mp3, "audio/mpeg") == AudioFormat("MP3", 44_100, 2)


@pytest.mark.parametrize("packet", [b"OpusHead\x01", b"\x7fFLAC\x01\x00", b"\x01vorbis\x00"])
def test_a_beginning_that_is_cut_off_is_of_no_format(packet: bytes) -> None:
    page = cast("Any", OggPage)()  # mutagen's classes have no types
    page.first, page.packets = True, [packet]
    assert formats.read(page.write()) is None


@given(st.binary(max_size=4000), st.sampled_from([b"", b"OggS", b"\xff\xfb", b"\xff\xf1", b"fLaC", b"ID3"]))
def test_any_bytes_can_be_looked_into(audio: bytes, beginning: bytes) -> None:
    found = formats.read(beginning + audio)
    assert found is None or found.sample_rate >= 0


def test_sample_rate_and_channels_are_checked() -> None:
    assert (row("sample_rate").state, row("sample_rate").actual) == ("ok", "44.1 kHz")
    assert (row("channels").state, row("channels").actual) == ("ok", "stereo")
    odd = AudioFormat("MP3", 22_050, 6)
    assert (row("sample_rate", audio=odd).state, row("sample_rate", audio=odd).actual) == ("warn", "22.05 kHz")
    assert row("channels", audio=odd).actual == "6 channels"
    he_aac = AudioFormat("AAC", 22_050, 2)
    assert (row("sample_rate", audio=he_aac).state, row("sample_rate", audio=he_aac).actual) == (
        "ok",
        "44.1 kHz (HE-AAC)",
    )
    assert row("sample_rate", audio=None).state == "waiting"


@pytest.mark.parametrize("title", ["آفرین آفرین", "Café del Mar", "Björk – Jóga", "Beyoncé", "plain"])
def test_titles_in_utf_8_are_right(title: str) -> None:
    assert row("titles", title).state == "ok"


@pytest.mark.parametrize("title", ["Caf\N{REPLACEMENT CHARACTER} del Mar", "آفرین".encode().decode("latin-1")])
def test_titles_in_another_character_set_are_found(title: str) -> None:
    found = row("titles", title)
    assert (found.state, found.actual) == ("warn", "garbled")
    assert "UTF-8" in found.hint


def test_a_browser_sends_no_titles() -> None:
    arrival = Arrival(MountStats("i1"), 96, None, MP3, is_browser=True)
    assert "titles" not in {each.row for each in signal.rows(arrival)}


@pytest.mark.parametrize(
    ("delay_ms", "state", "actual"), [(None, "waiting", ""), (240, "ok", "0.2 s"), (4200, "warn", "4.2 s")]
)
def test_the_line_of_a_browser_is_checked(delay_ms: int | None, state: str, actual: str) -> None:
    found = row("delay", is_browser=True, delay_ms=delay_ms)
    assert (found.state, found.actual) == (state, actual)


@pytest.mark.parametrize(
    ("is_on_air", "is_heard", "state", "actual"),
    [(True, True, "ok", "connected"), (True, False, "bad", "interrupted"), (False, False, "waiting", "connecting")],
)
def test_a_source_on_air_of_which_nothing_arrives_is_interrupted(
    is_on_air: bool, is_heard: bool, state: str, actual: str
) -> None:
    level = EncoderLevel("a", is_heard, 0.0, (0.5, 0.5), -16.0)
    arrival = Arrival(MountStats("i1"), 96, level, MP3, is_browser=True, is_on_air=is_on_air)
    [found] = [each for each in signal.rows(arrival) if each.row == "connection"]
    assert (found.state, found.actual) == (state, actual)
