"""Parsing and cleaning of titles from encoders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.onair import titles
from controlplane.features.onair.titles import Title
from controlplane.kernel.text import clean, duration_text


@pytest.mark.parametrize(
    ("raw", "parsed"),
    [
        ("Nusrat - Afreen", Title("Afreen", "Nusrat")),
        ("A - B - C", Title("B - C", "A")),
        ("no dash here", Title("no dash here")),
        ("AC-DC", Title("AC-DC")),
        (" - Only title", Title("Only title")),
        ("Only artist - ", Title("Only artist")),
        ("(null) - Song", Title("Song")),
        ("نصرت - آفرین", Title("آفرین", "نصرت")),
        ("a\r\nb\x00c", Title("a bc")),
        ("Caf\u00c3\u00a9", Title("Caf\u00e9")),
        ("&#1606;&#1589;", Title("نص")),
        ("Tom &amp; Jerry", Title("Tom & Jerry")),
        ("x';StreamUrl='http://evil", Title("x\u2019;StreamUrl='http://evil")),
        ("it's fine", Title("it's fine")),
        ("It\x92s \x93Later\x94", Title("It\u2019s \u201cLater\u201d")),
        ("a\x81b", Title("ab")),
        ("e\u0301", Title("\u00e9")),
        ("\u202eevil\u202c", Title("evil")),
        ("a\u200cb", Title("a\u200cb")),
    ],
)
def test_a_title_is_cleaned_and_split(raw: str, parsed: Title) -> None:
    assert titles.parse(raw) == parsed


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "(null)",
        "NULL",
        "-",
        " - ",
        "unknown",
        "adw_ad='true';durationMilliseconds='30'",
        "Advert: soap",
        "Spot Block End",
    ],
)
def test_titles_without_a_track_are_none(raw: str) -> None:
    assert titles.parse(raw) is None


def test_a_given_artist_is_removed_from_the_title() -> None:
    assert titles.parse("Abida - Yaar", "Abida") == Title("Yaar", "Abida")


@given(st.text(max_size=600), st.text(max_size=300))
def test_icy_lines_are_always_short_and_safe(title: str, artist: str) -> None:
    parsed = titles.parse(title, artist)
    line = parsed.icy if parsed is not None else ""
    assert len(line.encode()) <= 255
    assert "';" not in line
    assert "\n" not in line
    assert "\x00" not in line


@given(st.text(max_size=400), st.integers(min_value=3, max_value=60))
def test_cleaning_respects_the_limit_and_code_points(text: str, limit: int) -> None:
    assert len(clean(text, limit).encode("utf-8")) <= limit


def test_a_text_that_is_cut_says_so() -> None:
    assert clean("word " * 100, 20) == "word word word wo…"
    assert clean("آفرین آفرین", 12) == "آفری…"
    assert clean("exactly ten", 11) == "exactly ten"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 second"),
        (45, "45 seconds"),
        (120, "120 seconds"),
        (121, "3 minutes"),
        (86_400, "24 hours"),
        (604_800, "7 days"),
    ],
)
def test_a_length_of_time_is_rounded_up(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
