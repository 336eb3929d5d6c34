"""Broadcasts from a browser: a real Chromium with a fake microphone, over a line that breaks. These tests listen."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, WebSocketRoute, async_playwright, expect

from tests.support.accessibility import violations
from tests.support.desk import Desk
from tests.support.page_problems import watch_page
from tests.support.pages import PHONE, WIDTH, sign_in_by_fields
from tests.support.players import Recorder
from tests.support.running_stack import RunningStack
from tests.support.types import Watch
from tests.support.waiting import wait_until

PHONE_IN_URDU: dict[str, Any] = {"locale": "ur-PK", "viewport": PHONE, "has_touch": True, "is_mobile": True}
HOST, SONG = 1010, 1900
STEPS = tuple(range(600, 1800, 20))
"""A tone for each second of a minute."""
HELLO = {"mime": "audio/webm;codecs=opus", "session": "6f1e2d3c-8a9b"}
FAKE = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def make(path: Path, *words: str, hertz: Sequence[int] = (HOST,)) -> Path:
    """Make a file of a minute with a tone, or with several, one after the other."""
    length = 60 / len(hertz)
    tones = [("-f", "lavfi", "-i", f"sine=frequency={each}:duration={length}:sample_rate=48000") for each in hertz]
    joined = f"concat=n={len(hertz)}:v=0:a=1,volume=4"
    command = ["ffmpeg", "-v", "error", *chain(*tones), "-filter_complex", joined, "-ac", "2", *words, str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture
def heard_by_host() -> Sequence[int]:
    """The tones that the host's microphone hears, one after the other."""
    return (HOST,)


@pytest.fixture
def device() -> dict[str, Any]:
    """The options of the host's browser."""
    return {}


@pytest.fixture
async def studio_page(
    desk: Desk,
    stack: RunningStack,
    tmp_path: Path,
    problems: list[str],
    heard_by_host: Sequence[int],
    device: dict[str, Any],
) -> AsyncIterator[Page]:
    """The owner at the door of the studio, in a browser with a microphone."""
    tone = make(tmp_path / "tone.wav", hertz=heard_by_host)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*FAKE, f"--use-file-for-fake-audio-capture={tone}"]
        )
        page = await browser.new_page(permissions=["microphone"], **device)
        await watch_page(page, problems)
        await page.goto(f"{stack.url}/studio/awaz/air")
        yield page
        await browser.close()


async def speak(line: aiohttp.ClientWebSocketResponse, recording: bytes) -> None:
    """Send a recording about as fast as it was made."""
    for number, at in enumerate(range(0, len(recording), 4000), 1):
        await line.send_bytes(number.to_bytes(4, "big") + recording[at : at + 4000])
        await asyncio.sleep(0.25)


async def connect(page: Page, stack: RunningStack) -> None:
    """Sign in, connect the microphone, and wait until it is in preview."""
    await sign_in_by_fields(page, stack.demo["owner"])
    await page.get_by_test_id("microphone-connect").click()
    state = page.get_by_test_id("source-state")
    await expect(state).to_have_attribute("data-state", "preview", timeout=15_000)


@pytest.mark.parametrize(("device", "language"), [({}, "en"), (PHONE_IN_URDU, "ur")], ids=["desktop", "phone in Urdu"])
async def test_a_host_with_a_browser_alone_is_heard_within_two_seconds_of_going_live(
    studio_page: Page, stack: RunningStack, listen: Callable[..., Recorder], watch: Watch, language: str
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    began = time.monotonic()
    await connect(studio_page, stack)
    await expect(studio_page.locator("html")).to_have_attribute("lang", language)
    with pytest.raises(AssertionError, match="was not heard"):
        await asyncio.to_thread(recorder.wait_for_tone, HOST, 1.0)
    pressed = time.monotonic()
    await studio_page.get_by_test_id("go-live").click()
    heard = await asyncio.to_thread(recorder.wait_for_tone, HOST)
    assert heard - pressed < 2.0
    assert heard - began < 60
    started = await watcher.wait_for("stream:started")
    assert (started["kind"], started["host"]) == ("live", "Demo Owner")
    assert await violations(studio_page) == []
    assert await studio_page.evaluate(f"{WIDTH} <= innerWidth")
    await studio_page.get_by_test_id("mute").click()
    await asyncio.to_thread(recorder.wait_for_silence)
    await studio_page.get_by_test_id("microphone-disconnect").click()
    stopped = await watcher.wait_for("stream:stopped")
    assert stopped["reason"] == "encoder_gone"
    await expect(studio_page.get_by_test_id("broadcast-report")).to_be_visible()
    assert await violations(studio_page) == []


async def test_a_page_that_is_loaded_again_on_air_goes_on_with_the_show(
    studio_page: Page, stack: RunningStack, listen: Callable[..., Recorder], watch: Watch
) -> None:
    recorder = await asyncio.to_thread(listen)
    await connect(studio_page, stack)
    await studio_page.get_by_test_id("go-live").click()
    await asyncio.to_thread(recorder.wait_for_tone, HOST)
    broadcast = (await watch()).snapshot["broadcast"]["id"]
    studio_page.on("dialog", lambda dialog: dialog.accept())
    await studio_page.reload()
    await expect(studio_page.locator("[data-row=connection]")).to_have_attribute("data-state", "bad", timeout=10_000)
    await studio_page.get_by_test_id("microphone-connect").click()
    await expect(studio_page.locator("[data-row=connection]")).to_have_attribute("data-state", "ok", timeout=10_000)
    await asyncio.to_thread(recorder.wait_for_tone, HOST)
    assert (await watch()).snapshot["broadcast"]["id"] == broadcast
    await expect(studio_page.get_by_test_id("source")).to_have_count(1)


async def test_a_host_in_a_browser_who_is_kicked_is_told_until_when(
    studio_page: Page, stack: RunningStack, desk: Desk
) -> None:
    await connect(studio_page, stack)
    await asyncio.to_thread(desk.press, "kick", source="a", seconds=4)
    problem = studio_page.get_by_test_id("microphone-problem")
    await expect(problem).to_contain_text("was disconnected: it can be used again in", timeout=10_000)


async def test_a_host_who_is_removed_while_they_speak_is_off_air_at_once(
    stack: RunningStack, desk: Desk, watch: Watch, tmp_path: Path
) -> None:
    watcher, login = await watch(), f"user{time.monotonic_ns()}"
    await asyncio.to_thread(stack.awaz, "user", "add", login)
    await asyncio.to_thread(stack.new_key, login)
    theirs = Desk(stack, await asyncio.to_thread(stack.token, login))
    recording = make(tmp_path / "tone.webm", "-c:a", "libopus", "-t", "20").read_bytes()
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stack.url}/api/v1/stations/awaz/microphone") as line,
    ):
        await line.send_json({**HELLO, "token": theirs.token})
        assert (await line.receive_json())["type"] == "ready"
        speaking = asyncio.create_task(speak(line, recording))
        await asyncio.to_thread(theirs.wait_for, "preview")
        await asyncio.to_thread(theirs.press, "go-live", source="browser")
        await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
        await asyncio.to_thread(stack.remove_member, login)
        # The page does that when it is told.
        speaking.cancel()
        await line.send_str("done")
        assert (await watcher.wait_for("stream:stopped"))["reason"] == "host_removed"


async def test_a_file_is_mixed_into_what_the_microphone_hears(
    studio_page: Page, stack: RunningStack, desk: Desk, tmp_path: Path, cleanup: ExitStack
) -> None:
    song = make(tmp_path / "song.mp3", hertz=(SONG,))
    await connect(studio_page, stack)
    preview = await asyncio.to_thread(desk.preview)
    cleanup.callback(preview.close)
    await asyncio.to_thread(preview.wait_for_tone, HOST)
    await studio_page.get_by_test_id("mix-file").set_input_files(song)
    await studio_page.get_by_test_id("mute").click()
    await asyncio.to_thread(preview.wait_for_tone, SONG)
    await studio_page.get_by_test_id("microphone-disconnect").click()
    await expect(studio_page.get_by_test_id("source")).to_have_count(0, timeout=15_000)


async def test_nothing_is_lost_or_heard_twice_when_the_line_is_gone_for_three_seconds(
    studio_page: Page, desk: Desk, stack: RunningStack, cleanup: ExitStack
) -> None:
    lines: list[WebSocketRoute] = []
    is_cut = False

    async def line(route: WebSocketRoute) -> None:
        if is_cut:
            await route.close()
            return
        lines.append(route)
        route.connect_to_server()

    await studio_page.route_web_socket("**/microphone", line)
    await connect(studio_page, stack)
    preview = await asyncio.to_thread(desk.preview)
    cleanup.callback(preview.close)
    await asyncio.to_thread(preview.wait_for_tone, HOST)
    is_cut = True
    await lines[0].close()
    microphone = studio_page.get_by_test_id("microphone")
    await expect(microphone).to_have_attribute("data-line", "interrupted")
    await asyncio.sleep(3)  # the length of the cut is what is tested
    is_cut = False
    await expect(microphone).to_have_attribute("data-line", "sending")
    await asyncio.to_thread(preview.wait_for_more, 6.0)
    await studio_page.get_by_test_id("microphone-disconnect").click()
    await asyncio.to_thread(preview.wait_for_end)
    assert preview.phase_jumps(HOST) == 0


async def test_a_recording_that_takes_the_place_of_another_one_gets_its_mount(
    stack: RunningStack, desk: Desk, tmp_path: Path
) -> None:
    recording = make(tmp_path / "tone.webm", "-c:a", "libopus", "-t", "20").read_bytes()
    url = f"{stack.url}/api/v1/stations/awaz/microphone"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url) as line,
        session.ws_connect(url) as next_line,
    ):
        await line.send_json({**HELLO, "token": desk.token})
        assert (await line.receive_json())["source"] == "a"
        speaking = asyncio.create_task(speak(line, recording))
        await asyncio.to_thread(desk.wait_for, "preview")
        speaking.cancel()
        hello = {**HELLO, "token": desk.token, "session": "7a6b5c4d-3e2f", "replaces": HELLO["session"]}
        await next_line.send_json(hello)
        assert (await next_line.receive_json())["source"] == "a"


async def test_a_slice_that_comes_twice_or_too_early_is_not_taken(
    stack: RunningStack, desk: Desk, tmp_path: Path
) -> None:
    recording = make(tmp_path / "tone.webm", "-c:a", "libopus", "-t", "5").read_bytes()
    pieces = [recording[at : at + 4000] for at in range(0, 16_000, 4000)]
    hello = {**HELLO, "token": desk.token}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stack.url}/api/v1/stations/awaz/microphone") as line,
    ):
        await line.send_json(hello)
        assert (await line.receive_json())["type"] == "ready"
        for number, have in ((1, 1), (1, 1), (3, 1), (2, 2), (3, 3)):
            await line.send_bytes(number.to_bytes(4, "big") + pieces[number - 1])
            assert await line.receive_json() == {"type": "ack", "have": have}
        await line.send_str("done")
        assert (await line.receive()).type is aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"token": "no token"}, "unauthenticated"),
        ({"mime": "video/x-msvideo"}, "invalid_input"),
        ({"have": 7}, "not_found"),
        ({"session": "../../etc"}, "invalid_input"),
    ],
)
async def test_a_microphone_that_cannot_be_taken_is_told_why(
    stack: RunningStack, desk: Desk, hello: dict[str, object], code: str
) -> None:
    first = {**HELLO, "token": desk.token, **hello}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stack.url}/api/v1/stations/awaz/microphone") as line,
    ):
        await line.send_json(first)
        answer = await line.receive_json()
    assert (answer["type"], answer["error"]["code"]) == ("error", code)


@pytest.mark.parametrize("heard_by_host", [STEPS], ids=["steps"])
async def test_a_browser_comes_back_by_itself_when_the_daemon_was_killed_and_nothing_that_was_said_is_lost(
    studio_page: Page, stack: RunningStack, listen: Callable[..., Recorder], watch: Watch
) -> None:
    recorder = await asyncio.to_thread(listen)
    await connect(studio_page, stack)
    pressed = time.monotonic()
    await studio_page.get_by_test_id("go-live").click()
    await asyncio.to_thread(wait_until, lambda: len(recorder.tones(STEPS, pressed)) > 2)
    broadcast = (await watch()).snapshot["broadcast"]["id"]
    await asyncio.to_thread(stack.kill, "daemon")
    await expect(studio_page.get_by_test_id("microphone")).to_have_attribute("data-line", "interrupted", timeout=15_000)
    await asyncio.to_thread(stack.wait_until_ready)
    await expect(studio_page.get_by_test_id("microphone")).to_have_attribute("data-line", "sending", timeout=20_000)
    await asyncio.to_thread(recorder.wait_for_more, 15.0, 20.0)
    assert (await watch()).snapshot["broadcast"]["id"] == broadcast
    # The tone that was cut off goes on after the music.
    heard = [tone for tone, _ in groupby(recorder.tones(STEPS, pressed))]
    first = STEPS.index(heard[0])
    assert heard == [STEPS[(first + step) % len(STEPS)] for step in range(len(heard))]
