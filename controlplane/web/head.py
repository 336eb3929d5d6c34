"""The head of a page about a station or the site: for search engines, chat programs and the page's own script. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import orjson

SITE = "Awaz Pulse"
MAX_DESCRIPTION_CHARS = 200


@dataclass(frozen=True, slots=True)
class Head:
    """A page's title, description and URL. `data` is a JSON object for its script.

    `about` is JSON-LD (https://schema.org).
    """

    title: str
    description: str
    url: str
    audio_url: str = ""
    data: bytes = b"{}"
    about: Mapping[str, object] = field(default_factory=dict)

    def html(self) -> str:
        """Return the elements."""
        description = self.description[:MAX_DESCRIPTION_CHARS]
        properties = {
            "og:site_name": SITE,
            "og:type": "music.radio_station" if self.audio_url else "website",
            "og:title": self.title,
            "og:description": description,
            "og:url": self.url,
            **({"og:audio": self.audio_url, "og:audio:type": "audio/mpeg"} if self.audio_url else {}),
        }
        lines = [
            f"<title>{escape(self.title)}</title>",
            f'<meta name="description" content="{escape(description)}" />',
            f'<link rel="canonical" href="{escape(self.url)}" />',
            *(f'<meta property="{name}" content="{escape(text)}" />' for name, text in properties.items()),
            '<meta name="twitter:card" content="summary" />',
        ]
        if self.about:
            about = {"@context": "https://schema.org", **self.about}
            lines.append(f'<script type="application/ld+json">{_inert(orjson.dumps(about))}</script>')
        lines.append(f'<script type="application/json" id="boot">{_inert(self.data)}</script>')
        return "\n    ".join(lines)


def _inert(document: bytes) -> str:
    """Return JSON in which no element of HTML can begin or end."""
    return document.decode().replace("<", "\\u003c")
