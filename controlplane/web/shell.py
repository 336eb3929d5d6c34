"""The first paint of a station's page, before its script runs: the panel with the station's name. Pure.

A title is not there: it may wrap in another way when the page's typeface has come, and move what is around it.
"""

import re
from html import escape

ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
"""A letter of the Arabic script, whose lines are higher: the page's script marks such names in the same way."""


def shell(name: str, ground: str, on_air: str) -> str:
    """Return the panel as HTML, with room for the chat.

    `ground` is the name of the station's colours, `on_air` the kind of broadcast.
    """
    text = f'<span lang="ur">{escape(name)}</span>' if ARABIC.search(name) else escape(name)
    return (
        '<div class="station-page"><div>'
        f'<section class="hero" data-ground="{ground}" data-on-air="{on_air}"><div class="art"></div>'
        f'<div class="facts"></div><h1><bdi dir="auto">{text}</bdi></h1>'
        '<div class="skeleton" aria-hidden="true"></div><div class="player-room"></div></section>'
        '</div><div class="chat"><div class="chat-room"></div></div></div>'
    )
