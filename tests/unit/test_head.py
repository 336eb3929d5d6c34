"""The head of a page about a station or the site."""

import json

import pytest

from controlplane.web.head import MAX_DESCRIPTION_CHARS, Head

HOSTILE = "</script><script>alert(1)</script>\"'&<!--"


def test_hostile_text_stays_text() -> None:
    data = json.dumps({"title": HOSTILE}).encode()
    html = Head(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, data, {"name": HOSTILE}).html()
    assert html.count("<script") == html.count("</script") == 2
    assert "<!--" not in html
    assert f'content="{HOSTILE}' not in html


def test_data_is_what_was_given() -> None:
    html = Head("Awaz", "Radio", "https://radio.example/", data=json.dumps({"title": HOSTILE}).encode()).html()
    text = html.partition('id="boot">')[2].partition("</script>")[0]
    assert json.loads(text) == {"title": HOSTILE}


@pytest.mark.parametrize(("audio_url", "kind"), [("", "website"), ("https://a.example/x.mp3", "music.radio_station")])
def test_only_a_page_with_a_stream_is_a_radio_station(audio_url: str, kind: str) -> None:
    html = Head("Awaz", "Radio", "https://radio.example/", audio_url).html()
    assert f'<meta property="og:type" content="{kind}" />' in html
    assert ("og:audio" in html) == bool(audio_url)


def test_a_page_with_a_picture_is_previewed_large() -> None:
    html = Head("Awaz", "Radio", "https://radio.example/", picture_url="https://radio.example/card.png").html()
    assert '<meta property="og:image" content="https://radio.example/card.png" />' in html
    assert 'name="twitter:card" content="summary_large_image"' in html


def test_a_long_description_is_cut() -> None:
    html = Head("Awaz", "x" * 4000, "https://radio.example/").html()
    assert f'content="{"x" * MAX_DESCRIPTION_CHARS}"' in html
