"""Pictures drawn from a name."""

import re
from io import BytesIO

import pytest
from PIL import Image

from controlplane.web import artwork
from tests.support.paths import PROJECT

TOKENS = (PROJECT / "ui" / "src" / "tokens" / "tokens.css").read_text(encoding="utf-8")
ROUNDEL = (PROJECT / "ui" / "src" / "kit" / "roundel.ts").read_text(encoding="utf-8")


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


@pytest.mark.parametrize("side", [48, 512])
def test_an_icon_is_a_square_on_the_stations_ground(side: int) -> None:
    icon = opened(artwork.icon("awaz", side))
    assert icon.size == (side, side)
    assert icon.getpixel((0, 0)) == (0x23, 0x2A, 0x63)


def test_a_card_has_the_size_that_link_previews_expect() -> None:
    assert opened(artwork.card("awaz")).size == (1200, 630)


def test_stations_differ_in_their_pictures_and_a_station_keeps_its_own() -> None:
    names = ["awaz", "jazz", "subah", "lahore", "غزل"]
    assert len({artwork.icon(name, 48) for name in names}) == len(names)
    assert artwork.icon("غزل", 48) == artwork.icon("غزل", 48)


def test_the_hash_is_fnv_1a() -> None:
    # The test vectors of http://www.isthe.com/chongo/tech/comp/fnv/.
    assert [artwork.fnv1a(text) for text in ("", "a", "foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


def test_the_colours_are_those_of_the_pages() -> None:
    colours = {value for ground in artwork.GROUNDS for value in (ground.panel, ground.rim, ground.heart, ground.petals)}
    assert colours | {artwork.IVORY, artwork.MADDER, artwork.MARIGOLD} <= set(re.findall("#[0-9a-f]{6}", TOKENS))


def test_the_shapes_are_those_of_the_pages() -> None:
    drawn = ROUNDEL.replace("-0 ", "0 ")
    for shape in (artwork.DROP, artwork.DIAMOND, artwork.PAISLEY, artwork.LEAF, artwork.TOOTH):
        assert re.search(r"[^\"]*?".join(f"{x} {y}" for x, y in shape[:-1]), drawn), shape
