"""The first paint of a station's page, before its script runs: the panel with the station's name. Pure.

A title is not there: it may wrap in another way when the page's typeface has come, and move what is around it.
"""

from html import escape


def shell(name: str, ground: str, on_air: str) -> str:
    """Return the panel as HTML. `ground` is the name of the station's colours, `on_air` the kind of broadcast."""
    return (
        f'<section class="hero" data-ground="{ground}" data-on-air="{on_air}"><div class="art"></div>'
        f'<div class="facts"></div><h1><bdi dir="auto">{escape(name)}</bdi></h1>'
        '<div class="skeleton" aria-hidden="true"></div><div class="player-room"></div></section>'
    )
