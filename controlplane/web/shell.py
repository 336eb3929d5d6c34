"""What a station's page shows before its script runs: the same panel with the station's name and what is on. Pure."""

import unicodedata
from html import escape

MEDIUM, LONG = 28, 64
"""Letters from which a title is set smaller, as in `ui/src/features/now-playing/now-playing.ts`."""
RIGHT_TO_LEFT = frozenset({"R", "AL"})
"""Texts with letters of these classes of Unicode wait for the page, which sets them run by run."""


def shell(name: str, ground: str, on_air: str, *, title: str = "", artist: str = "", description: str = "") -> str:
    """Return the panel and the description as HTML.

    `ground` is the name of the station's colours, `on_air` the kind of broadcast.
    """
    playing = _playing(title, artist) if title and _runs_from_the_left(title + artist) else SKELETON
    about = description if _runs_from_the_left(description) else ""
    return (
        f'<section class="hero" data-ground="{ground}" data-on-air="{on_air}"><div class="art"></div>'
        f'<div class="facts"></div><h1><bdi dir="auto">{escape(name)}</bdi></h1>{playing}'
        '<div class="player-room"></div></section><div class="share-room"></div>'
        f'<p class="about"><bdi dir="auto">{escape(about)}</bdi></p>'
    )


def _runs_from_the_left(text: str) -> bool:
    return not any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text)


SKELETON = '<div class="skeleton" aria-hidden="true"></div>'


def _playing(title: str, artist: str) -> str:
    length = "long" if len(title) > LONG else "medium" if len(title) > MEDIUM else ""
    by = f'<p class="artist"><bdi dir="auto">{escape(artist)}</bdi></p>' if artist else ""
    texts = f'<p class="title {length}"><bdi dir="auto">{escape(title)}</bdi></p>{by}'
    return f'<div class="playing"><div></div><div class="texts">{texts}</div><p class="time"></p></div>'
