"""The Content-Security-Policy of each kind of answer. Pure."""

import re
from base64 import b64encode
from hashlib import sha256

from controlplane.web.origins import audio_origins

OWN = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

PLAIN = f"default-src 'self'; {OWN}"
"""For answers that are no page."""

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def scripts_of(built_page: str) -> str:
    """Return the directive that allows the scripts in a built page, by their hashes, and those from here."""
    texts = INLINE_SCRIPT.findall(built_page)
    hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts]
    return " ".join(("script-src 'self'", *hashes))


def reference(scripts: str) -> str:
    """Return the policy of the page with a library's renderer, which writes HTML, and without a player."""
    return f"default-src 'self'; {scripts}; img-src 'self' data:; {OWN}"


def page(audio_url: str, host_header: str, scripts: str) -> str:
    """Return the policy of a page with a player, which is asked for under the name in a `Host` header."""
    sources = " ".join(("'self'", *audio_origins(audio_url, host_header)))
    return (
        f"default-src 'self'; {scripts}; img-src 'self' data:; media-src {sources}; connect-src 'self'; "
        f"require-trusted-types-for 'script'; trusted-types lit-html; {OWN}"
    )
