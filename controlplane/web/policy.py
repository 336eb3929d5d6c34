"""The Content-Security-Policy of each kind of answer. Pure."""

from controlplane.web.origins import audio_origins

OWN = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

PLAIN = f"default-src 'self'; {OWN}"
"""For answers that are no page."""

REFERENCE = f"default-src 'self'; img-src 'self' data:; {OWN}"
"""For the page with a library's renderer, which writes HTML, and without a player."""


def page(audio_url: str, host_header: str) -> str:
    """Return the policy of a page with a player, which is asked for under the name in a `Host` header."""
    sources = " ".join(("'self'", *audio_origins(audio_url, host_header)))
    return (
        f"default-src 'self'; img-src 'self' data:; media-src {sources}; connect-src 'self'; "
        f"require-trusted-types-for 'script'; trusted-types lit-html; {OWN}"
    )
