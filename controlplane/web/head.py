"""The head of a page about a station or the site: for search engines, chat programs and the page's own script. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import orjson

SITE = "Awaz Pulse"
MAX_DESCRIPTION_CHARS = 200
CARD = {"og:image:type": "image/png", "og:image:width": "1200", "og:image:height": "630"}


@dataclass(frozen=True, slots=True)
class Head:
    """A page's title, description and URL. `data` is a JSON object for its script.

    `picture_url` is of a preview of 1200 by 630 pixels, `icon_url` of a square picture for home screens. `about` is
    JSON-LD (https://schema.org). `shell` is HTML that the page shows until its script has run, and `streams` are the
    URLs that a browser without JavaScript is offered.
    """

    title: str
    description: str
    url: str
    audio_url: str = ""
    picture_url: str = ""
    icon_url: str = ""
    data: bytes = b"{}"
    about: Mapping[str, object] = field(default_factory=dict)
    shell: str = ""
    streams: tuple[str, ...] = ()

    def html(self) -> str:
        """Return the elements."""
        description = self.description[:MAX_DESCRIPTION_CHARS]
        properties = {
            "og:site_name": SITE,
            "og:type": "music.radio_station" if self.audio_url else "website",
            "og:title": self.title,
            "og:description": description,
            "og:url": self.url,
            **({"og:image": self.picture_url, **CARD} if self.picture_url else {}),
            **({"og:audio": self.audio_url, "og:audio:type": "audio/mpeg"} if self.audio_url else {}),
        }
        lines = [
            f"<title>{escape(self.title)}</title>",
            f'<meta name="description" content="{escape(description)}" />',
            f'<link rel="canonical" href="{escape(self.url)}" />',
            *(f'<meta property="{name}" content="{escape(text)}" />' for name, text in properties.items()),
            f'<meta name="twitter:card" content="{"summary_large_image" if self.picture_url else "summary"}" />',
            '<link rel="manifest" href="/manifest.webmanifest" />',
            *([f'<link rel="apple-touch-icon" href="{escape(self.icon_url)}" />'] if self.icon_url else []),
        ]
        if self.about:
            about = {"@context": "https://schema.org", **self.about}
            lines.append(f'<script type="application/ld+json">{_inert(orjson.dumps(about))}</script>')
        lines.append(f'<script type="application/json" id="boot">{_inert(self.data)}</script>')
        return "\n    ".join(lines)


def _inert(document: bytes) -> str:
    """Return JSON in which no element of HTML can begin or end."""
    return document.decode().replace("<", "\\u003c")
