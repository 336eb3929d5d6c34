"""What a station's page shows before its script runs."""

import re

import pytest

from controlplane.web import artwork, shell
from tests.support.paths import PROJECT

UI = PROJECT / "ui/src"


def test_the_panel_has_the_name_and_what_is_on_as_text() -> None:
    panel = shell.shell(
        "<b>Awaz</b>", "plum", "live", title="Lamp & Moth", artist='"Nazia"', description="Day <i>and</i> night."
    )
    assert '<section class="hero" data-ground="plum" data-on-air="live">' in panel
    assert "&lt;b&gt;Awaz&lt;/b&gt;" in panel
    assert "Lamp &amp; Moth" in panel
    assert "&quot;Nazia&quot;" in panel
    assert "Day &lt;i&gt;and&lt;/i&gt; night." in panel


@pytest.mark.parametrize(
    ("title", "length"), [("x" * 28, "title "), ("x" * 29, "title medium"), ("x" * 65, "title long")]
)
def test_a_long_title_is_set_smaller(title: str, length: str) -> None:
    assert f'<p class="{length}">' in shell.shell("Awaz", "plum", "autodj", title=title)


@pytest.mark.parametrize("title", ["Don’t – Stop…", "日本", "हिन्दी"])
def test_letters_that_run_from_the_left_are_in_the_panel(title: str) -> None:
    assert title in shell.shell("Awaz", "plum", "autodj", title=title)


@pytest.mark.parametrize(("title", "artist"), [("", "Nazia"), ("چراغ", ""), ("Lamp", "نازیہ")])
def test_without_a_title_in_letters_that_run_from_the_left_there_is_its_place_alone(title: str, artist: str) -> None:
    panel = shell.shell("آواز", "plum", "autodj", title=title, artist=artist, description="دن رات")
    assert shell.SKELETON in panel
    assert "آواز" in panel
    assert "دن رات" not in panel


def test_the_panel_looks_as_the_page_makes_it() -> None:
    lengths = re.search(
        r"\[MEDIUM, LONG\] = \[(\d+), (\d+)\]", (UI / "features/now-playing/now-playing.ts").read_text()
    )
    grounds = re.search(r"GROUNDS = \[(.*)\]", (UI / "kit/roundel.ts").read_text())
    assert lengths is not None
    assert grounds is not None
    assert tuple(map(int, lengths.groups())) == (shell.MEDIUM, shell.LONG)
    assert tuple(re.findall(r'"(\w+)"', grounds[1])) == artwork.GROUND_NAMES
