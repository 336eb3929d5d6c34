"""The sound of a source, in whatever format it comes."""

import time
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from controlplane.features.sync.source_sound import BYTES_PER_S, listen
from controlplane.kernel.errors import Upstream
from tests.support.audio import Sounds

SECONDS, LONG_S, WITHIN_S = 4.0, 90.0, 10.0
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/another.mp3\n#EXT-X-ENDLIST\n"

Serve = Callable[[bytes], str]


@pytest.fixture
def asked() -> list[str]:
    """The paths that were asked for."""
    return []


@pytest.fixture
async def serve(asked: list[str]) -> AsyncIterator[Serve]:
    """Serve a body; return its address."""
    bodies: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=bodies[-1], content_type="application/octet-stream")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:

        def start(body: bytes) -> str:
            bodies.append(body)
            return str(server.make_url("/source"))

        yield start


@pytest.mark.parametrize("suffix", ["mp3", "aac", "ogg", "opus", "flac"])
async def test_a_source_is_heard_in_each_format_that_encoders_send(sounds: Sounds, serve: Serve, suffix: str) -> None:
    url, now = serve(sounds.tone(seconds=SECONDS, suffix=suffix).read_bytes()), time.time()
    sound = await listen(url, WITHIN_S, now)
    assert len(sound.audio) / BYTES_PER_S == pytest.approx(SECONDS, abs=0.2)
    assert any(sound.audio)
    # It came all at once: its end is the newest of it.
    assert now < sound.began + len(sound.audio) / BYTES_PER_S < time.time()


async def test_a_source_that_is_faster_than_its_sound_is_not_taken_in(sounds: Sounds, serve: Serve) -> None:
    url = serve(sounds.tone(seconds=LONG_S, suffix="opus").read_bytes())
    with pytest.raises(Upstream, match="faster"):
        await listen(url, WITHIN_S, time.time())


async def test_a_source_has_no_other_address_read(asked: list[str], serve: Serve) -> None:
    url = serve(PLAYLIST)
    with pytest.raises(Upstream):
        await listen(url, WITHIN_S, time.time())
    assert set(asked) == {"/source"}
