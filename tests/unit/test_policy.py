"""The Content-Security-Policy of pages."""

import pytest

from controlplane.web import policy
from controlplane.web.origins import audio_origins


@pytest.mark.parametrize(
    ("audio_url", "host", "origins"),
    [
        ("https://audio.example", "radio.example", ["https://audio.example"]),
        ("http://127.0.0.1:8000", "127.0.0.1:8080", ["http://127.0.0.1:8000"]),
        ("http://127.0.0.1:8000", "192.168.1.7:8080", ["http://127.0.0.1:8000", "http://192.168.1.7:8000"]),
        ("http://127.0.0.1:8000", "Radio.Local", ["http://127.0.0.1:8000", "http://radio.local:8000"]),
        ("http://localhost:8000", "[::1]:8080", ["http://localhost:8000", "http://[::1]:8000"]),
        ("http://127.0.0.1:8000", "", ["http://127.0.0.1:8000"]),
        ("http://127.0.0.1:8000", "x; script-src *", ["http://127.0.0.1:8000"]),
        ("http://127.0.0.1:8000", "evil.example/x", ["http://127.0.0.1:8000"]),
    ],
)
def test_audio_is_played_from_its_own_origin_or_from_the_host_of_the_page(
    audio_url: str, host: str, origins: list[str]
) -> None:
    assert audio_origins(audio_url, host) == origins


NOTHING_INLINE = policy.inline_sources("")


@pytest.mark.parametrize(
    "allowed",
    [policy.page("https://audio.example", "x", NOTHING_INLINE), policy.reference(NOTHING_INLINE), policy.PLAIN],
)
def test_nothing_inline_runs_and_nobody_else_frames_a_page(allowed: str) -> None:
    assert "unsafe" not in allowed
    assert "default-src 'self'" in allowed
    assert "frame-ancestors 'self'" in allowed


def test_the_scripts_and_styles_that_a_page_was_built_with_are_allowed_by_their_hashes() -> None:
    page = '<script>alert(1)</script><script type="module" src="/a.js"></script><script type="text/json">{}</script>'
    script = "script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    assert policy.inline_sources(page) == f"{script}; style-src 'self'"
    style = "style-src 'self' 'sha256-p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64='"
    assert policy.inline_sources("<style>p{color:red}</style>") == f"script-src 'self'; {style}"
