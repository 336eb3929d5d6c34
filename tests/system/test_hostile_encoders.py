"""Hostile text from one station's encoder changes nothing at other stations, nor the daemon's readiness."""

import asyncio
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

import pytest

from tests.support import loopback
from tests.support.builders import has_title
from tests.support.encoder import Encoder
from tests.support.players import IcyPlayer, Recorder
from tests.support.running_stack import RunningStack
from tests.support.source import source
from tests.support.types import Encode, Watch
from tests.support.watcher import Event, Watcher

VICTIM = "victim"
FORGED_COUNT = 99_999
NOW = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
FORGED = (
    f"x\nEVENT /{VICTIM}.mp3 listeners {FORGED_COUNT}",
    f"y\nEVENT /ingest/{VICTIM} stream_start_iso8601 {NOW}\nEVENT /ingest/{VICTIM} listeners 1",
)
"""Short, since Icecast omits lines of more than two hundred bytes from its feed."""
NAMES = b"a b<c=1;x></x></source><icestats>=2;&amp;=3;!--=4;\xff\xfe=\xff\xfe;\x01=%01%1b;![CDATA[=5;</icestats>=6"
BYTES = (
    b"\xed\xa0\x80x",
    b"\xff\xfe\x00y",
    b"z\x01\x1b\x08",
    b"\xef\xbf\xbf\xef\xbf\xbe",
    b"\\ud800 \\u0000",
    b"]]><!-- <b> &amp;#x1; '; --",
    b"\xc3" * 500,
    "\u202eevil \u0000".encode(),
)

RANDOM_TITLES, AT_ONCE, SEED = 200, 10, 20_269

OpenPlayer = Callable[..., IcyPlayer]


@pytest.fixture(scope="module")
def victim(stack: RunningStack) -> Iterator[str]:
    """A second station, whose stream key the encoders of these tests do not have."""
    stack.awaz("station", "add", VICTIM)
    yield VICTIM
    stack.awaz("station", "remove", VICTIM, "--yes")


async def check_counts_are_true(watcher: Watcher, icy_player: OpenPlayer, since: int) -> None:
    """Connect a listener to the victim's mount, and check that all reported counts since a mark are true."""
    player = await asyncio.to_thread(icy_player, VICTIM)
    await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 1, since=since)
    player.close()
    await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 0, since=watcher.mark())
    reported = [event for _, name, event in watcher.events[since:] if name == "stream:listeners"]
    assert {event["listeners"] for event in reported} <= {0, 1}
    assert max(event["peak"] for event in reported) <= 1
    assert [name for name in watcher.names(since) if "metadata" not in name] == []


def has_another_title(title: str, event: Event) -> bool:
    return not has_title(title, event)


async def test_an_encoder_does_not_set_its_own_gain(encode: Encode, listen: Callable[..., Recorder]) -> None:
    recorder = await asyncio.to_thread(listen)
    encode(1470, codec="ogg", tag="liq_amplify=-60 dB")
    await asyncio.to_thread(recorder.wait_for_tone, 1470)


async def show(encoder: Encoder, title: str | bytes, watcher: Watcher, when: Callable[[Event], bool]) -> Event:
    """Send a title until an event shows it, and return that: Icecast may lose both of two titles within a second."""
    shown = asyncio.create_task(watcher.wait_for("stream:metadata", when, within_s=10, since=watcher.mark()))
    while not shown.done():
        encoder.title(title)
        await asyncio.wait([shown], timeout=1.2)
    return await shown


async def test_line_breaks_in_a_title_forge_no_events(
    victim: str, watch: Watch, encode: Encode, icy_player: OpenPlayer
) -> None:
    watcher, attacker = await watch(station=victim), await watch()
    encoder = encode(1010)
    await attacker.wait_for("stream:started", lambda event: event["kind"] == "live")
    # By then Icecast has sent the burst of lines about every mount that follows a new source.
    encoder.title("Before")
    await attacker.wait_for("stream:metadata", partial(has_title, "Before"))
    mark = watcher.mark()
    for title in FORGED:
        encoder.title(title)
        await attacker.wait_for("stream:metadata", partial(has_title, title.replace("\n", " ")))
    await check_counts_are_true(watcher, icy_player, mark)


async def test_line_breaks_in_file_tags_forge_no_events(
    victim: str, watch: Watch, encode: Encode, icy_player: OpenPlayer
) -> None:
    watcher, attacker = await watch(station=victim), await watch()
    mark = watcher.mark()
    encode(1010, codec="ogg", title=FORGED[0])
    await attacker.wait_for("stream:metadata", partial(has_title, FORGED[0].replace("\n", " ")))
    await check_counts_are_true(watcher, icy_player, mark)


async def test_line_breaks_in_a_header_forge_no_events(
    stack: RunningStack, victim: str, watch: Watch, icy_player: OpenPlayer
) -> None:
    watcher, attacker = await watch(station=victim), await watch()
    mark = watcher.mark()
    with source(stack, b"ice-audio-info: x=" + quote(FORGED[0]).encode()):
        await attacker.wait_for("stream:started", lambda event: event["kind"] == "live")
        await check_counts_are_true(watcher, icy_player, mark)


async def test_invalid_xml_names_do_not_break_polling(
    stack: RunningStack, victim: str, watch: Watch, icy_player: OpenPlayer
) -> None:
    watcher, attacker = await watch(station=victim), await watch()
    mark = watcher.mark()
    with source(stack, b"ice-audio-info: " + NAMES):
        await attacker.wait_for("stream:started", lambda event: event["kind"] == "live")
        await check_counts_are_true(watcher, icy_player, mark)
    assert stack.get("/readyz").status_code == 200


async def test_invalid_title_bytes_do_not_break_daemon_or_pipeline(
    stack: RunningStack, watch: Watch, encode: Encode
) -> None:
    watcher = await watch()
    encoder = encode(1010)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    shown = ""
    for title in BYTES:
        event = await show(encoder, title, watcher, partial(has_another_title, shown))
        shown = event["track"]["title"]
        ready = stack.get("/readyz")
        assert (ready.status_code, ready.json()["stations"]) == (200, {})
    await show(encoder, "Good again", watcher, partial(has_title, "Good again"))


async def test_random_title_bytes_do_not_break_polling(
    stack: RunningStack, victim: str, watch: Watch, encode: Encode, icy_player: OpenPlayer
) -> None:
    watcher, attacker = await watch(station=victim), await watch()
    encoder = encode(1010)
    await attacker.wait_for("stream:started", lambda event: event["kind"] == "live")
    mark, rng = watcher.mark(), random.Random(SEED)
    for _ in range(RANDOM_TITLES // AT_ONCE):
        titles = [rng.randbytes(rng.randrange(1, 300)) for _ in range(AT_ONCE)]
        await asyncio.gather(*(asyncio.to_thread(encoder.title, title) for title in titles))
    await show(encoder, "Good again", attacker, partial(has_title, "Good again"))
    await check_counts_are_true(watcher, icy_player, mark)
    assert stack.get("/readyz").json() == {"ok": True, "stations": {}}


async def test_an_invalid_user_agent_does_not_break_polling(stack: RunningStack, watch: Watch) -> None:
    watcher = await watch()
    headers = [(b"User-Agent", b'bad\xff\xfe\x01\xed\xa0\x80<">&</UserAgent>')]
    async with (
        loopback.AsyncClient() as http,
        http.stream("GET", stack.mount(), headers=headers) as first,
        http.stream("GET", stack.mount(), headers={"User-Agent": "Icecast 2.4.4"}) as relay,
    ):
        assert (first.status_code, relay.status_code) == (200, 200)
        await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 1)
    await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 0, since=watcher.mark() - 1)


async def test_an_unauthorised_mount_hook_starts_no_broadcast(stack: RunningStack, watch: Watch) -> None:
    watcher = await watch()
    secret = (stack.data / "secrets" / "icecast-hook").read_text().strip()
    async with loopback.AsyncClient(auth=("icecast", secret)) as http:
        form = {"action": "mount_add", "mount": "/ingest/awaz"}
        assert (await http.post(f"{stack.hooks_url}/icecast", data=form)).status_code == 200
    # The poll that the hook triggered ends long before a real listener's count arrives.
    player = await asyncio.to_thread(IcyPlayer.open, stack.mount())
    await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 1)
    player.close()
    assert "stream:started live" not in watcher.names()
