"""The Content-Security-Policy of each kind of answer. Pure."""

import re
from base64 import b64encode
from hashlib import sha256

from controlplane.web.origins import audio_origins

OURS, ANYWHERE = "'self'", "*"
"""The sites that may show a page in a frame."""
_OWN = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors"
OWN = f"{_OWN} {OURS}"

PLAIN = f"default-src 'self'; {OWN}"
"""For answers that are no page."""


def inline_sources(built_page: str) -> str:
    """Return the directives that allow the scripts and styles in a built page, by their hashes, and those from here."""
    return "; ".join(
        " ".join((f"{element}-src 'self'", *(_hash(text) for text in _inline(element, built_page))))
        for element in ("script", "style")
    )


def _inline(element: str, page: str) -> list[str]:
    return re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def reference(inline: str) -> str:
    """Return the policy of the page with a library's renderer, which writes HTML, and without a player.

    `inline` has the directives of `inline_sources`.
    """
    return f"default-src 'self'; {inline}; img-src 'self' data:; {OWN}"


def page(audio_url: str, host_header: str, inline: str, framed: str = OURS) -> str:
    """Return the policy of a page with a player, which is asked for under the name in a `Host` header.

    `framed` are the sites that may show it in a frame.
    """
    sources = " ".join(("'self'", *audio_origins(audio_url, host_header)))
    return (
        f"default-src 'self'; {inline}; img-src 'self' data:; media-src {sources} blob:; connect-src {sources}; "
        f"require-trusted-types-for 'script'; trusted-types lit-html awaz-worker; {_OWN} {framed}"
    )
