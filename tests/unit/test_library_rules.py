"""How tracks are searched, named, levelled and trimmed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.library import rules
from controlplane.features.library.rules import CuePoints
from controlplane.kernel.errors import InvalidInput
from controlplane.kernel.tracks import TrackRow
from controlplane.protocol.library import TrackPatch

TRACK = TrackRow(
    id="t", station_id="s", sha256="", format="mp3", size=1, file_name="chirag.mp3", title="Chirag", artist="The Lamps",
    album="", genre="", year=1974, isrc="", label="", duration_ms=60_000, codec="mp3", bitrate_kbps=128, art="",
    title_key="", artist_key="", search="", added_by="Sara", added_at=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Łódź", "lodz"),
        ("Don't Say “Later”", "dont say later"),
        ("Beyoncé – Déjà Vu", "beyonce deja vu"),
        ("İstanbul Straße", "istanbul strasse"),
        ("شامِ غزل", "شام غزل"),
        ("كتاب ياد", "کتاب یاد"),
        ("ﷺ ۱۲۳", "صلی الله علیه وسلم 123"),
        ("آواز", "اواز"),
        ("محبّـــت", "محبت"),
        ("می‌خواهم", "میخواهم"),
    ],
)
def test_a_title_is_found_as_it_is_typed(written: str, typed: str) -> None:
    assert rules.fold(written) == rules.fold(typed) == typed


def test_words_of_indic_scripts_keep_their_vowels() -> None:
    assert rules.fold("की") != rules.fold("का")


@given(st.text())
def test_a_folded_text_folds_to_itself_and_holds_no_pattern(text: str) -> None:
    folded = rules.fold(text)
    assert rules.fold(folded) == folded
    assert not set("%_\\'\"") & set(folded)


@pytest.mark.parametrize(
    ("tagged", "file_name", "title"),
    [
        ("Chirag", "01.mp3", "Chirag"),
        ("", "01 - The_Lamps.mp3", "01 - The Lamps"),
        ("\x00\u202e", "شام.flac", "شام"),
        ("", "../../etc/passwd", "passwd"),
        ("", "C:\\music\\a.b.wav", "a.b"),
        ("", "", "Untitled"),
    ],
)
def test_a_track_without_a_title_is_named_after_its_file(tagged: str, file_name: str, title: str) -> None:
    assert rules.title_of(tagged, file_name) == title


def test_years_and_recording_codes_are_read_or_left_out() -> None:
    assert [rules.year_of(text) for text in ("1974-05-01", " 2026", "74", "19741", "")] == [
        1974,
        2026,
        None,
        None,
        None,
    ]
    assert [rules.isrc_of(text) for text in ("PK-A01-26-00001", "pka012600001", "x")] == ["PKA012600001"] * 2 + [""]


@pytest.mark.parametrize(
    ("loudness", "peak", "gain"),
    [
        (-16.0, -6.0, 0.0),
        (-9.0, 0.4, -7.0),
        (-22.0, -12.0, 6.0),
        (-22.0, -3.0, 2.0),
        (-40.0, -30.0, 12.0),
        (-70.0, -60.0, 0.0),
        (-120.0, -120.0, 0.0),
    ],
)
def test_a_gain_reaches_the_target_below_the_ceiling(loudness: float, peak: float, gain: float) -> None:
    assert rules.gain_db(loudness, peak) == gain


@pytest.mark.parametrize(
    ("silences", "cues"),
    [
        ([], CuePoints()),
        ([(0, 3000)], CuePoints(2940)),
        ([(55_000, 60_000)], CuePoints(0, 55_060)),
        ([(0, 2000), (30_000, 33_000), (58_000, 60_000)], CuePoints(1940, 58_060)),
        ([(0, 60_000)], CuePoints()),
        ([(0, 59_500)], CuePoints()),
    ],
)
def test_silence_at_the_ends_is_left_out(silences: list[tuple[int, int]], cues: CuePoints) -> None:
    assert rules.cue_points(silences, 60_000) == cues


def fingerprint(seed: int, numbers: int = 900) -> bytes:
    return random.Random(seed).randbytes(numbers * 4)


def damaged(data: bytes, share: float) -> bytes:
    chance = random.Random(7)
    return bytes(byte ^ (1 << chance.randrange(8)) if chance.random() < share else byte for byte in data)


def test_another_encoding_of_a_recording_that_begins_later_is_alike() -> None:
    first = fingerprint(1)
    assert rules.alike(first, damaged(first[80:], 0.5))
    assert rules.alike(damaged(first[80:], 0.5), first)


def test_other_recordings_are_not_alike() -> None:
    assert not rules.alike(fingerprint(1), fingerprint(2))
    assert not rules.alike(fingerprint(1), b"")
    assert not rules.alike(fingerprint(1), fingerprint(1)[: 100 * 4] + fingerprint(3))


def test_a_change_is_cleaned_and_searched_by() -> None:
    asked = TrackPatch.model_validate({"title": " Shaam\u202e ", "artist": "", "year": 0, "cue_out_ms": 50_000})
    after = rules.changed(TRACK, asked)
    assert (after.title, after.artist, after.year, after.cue_out_ms) == ("Shaam", "", None, 50_000)
    assert (after.title_key, after.artist_key, after.search) == ("shaam", "", "shaam    chirag mp3")
    assert rules.changed(after, TrackPatch.model_validate({"cue_out_ms": 0})).cue_out_ms is None


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({}, "one of artist"),
        ({"title": "\u202e"}, "title"),
        ({"cue_in_ms": 59_500}, "cue points"),
        ({"cue_out_ms": 60_001}, "cue points"),
        ({"cue_in_ms": 30_000, "cue_out_ms": 30_500}, "cue points"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(asked: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        rules.changed(TRACK, TrackPatch.model_validate(asked))
