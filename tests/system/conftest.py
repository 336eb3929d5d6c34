"""One running stack a worker for all its system tests, and tools on it that are cleaned up after each test."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.desk import Desk
from tests.support.encoder import Encoder
from tests.support.page_problems import watch_page
from tests.support.pages import DESKTOP, Visit
from tests.support.players import IcyPlayer, Recorder
from tests.support.room import Room, listening_room
from tests.support.running_stack import RunningStack, free_port, render_tracks
from tests.support.sitting import Sit
from tests.support.studio import Studio
from tests.support.types import Encode, Watch
from tests.support.watcher import Watcher

BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BROWSER += ["--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]


@pytest.fixture(scope="session", autouse=True)
def tracks(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """Render the demo tracks once for all workers."""
    own = tmp_path_factory.getbasetemp()
    RunningStack.rendered = (own if worker_id == "master" else own.parent) / "demo"
    render_tracks(RunningStack.rendered)


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """A stack with a short grace period, to keep the tests short, and another site that may use it."""
    friends = f"http://localhost:{free_port()}"
    running = RunningStack.start(AWAZ__ONAIR__GRACE_S="4", AWAZ__HTTP__ORIGINS=friends)
    yield running
    running.stop()


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as exit_stack:
        yield exit_stack


@pytest.fixture
def listen(stack: RunningStack, cleanup: ExitStack) -> Callable[..., Recorder]:
    def start(slug: str = "awaz") -> Recorder:
        recorder = Recorder.open(stack.mount(slug))
        cleanup.callback(recorder.close)
        recorder.wait_for_sound()
        return recorder

    return start


@pytest.fixture
def icy_player(stack: RunningStack, cleanup: ExitStack) -> Callable[..., IcyPlayer]:
    def start(slug: str = "awaz") -> IcyPlayer:
        player = IcyPlayer.open(stack.mount(slug))
        cleanup.callback(player.close)
        return player

    return start


@pytest.fixture
async def watch(stack: RunningStack) -> AsyncIterator[Watch]:
    opened: list[Watcher] = []
    async with AsyncExitStack() as exit_stack:

        async def start(**options: str | None) -> Watcher:
            watcher = await Watcher.open(stack.url, **options)
            exit_stack.push_async_callback(watcher.close)
            opened.append(watcher)
            return watcher

        yield start
    assert [problem for watcher in opened for problem in watcher.problems] == []


@pytest.fixture
async def encode(stack: RunningStack, cleanup: ExitStack, watch: Watch) -> AsyncIterator[Encode]:
    """Start encoders; afterwards the station is back on AutoDJ for the next test."""
    used: list[Encoder] = []

    def start(hertz: int = 1010, **options: Any) -> Encoder:
        encoder = Encoder.start(stack, hertz, **options)
        used.append(encoder)
        cleanup.callback(encoder.stop)
        return encoder

    yield start
    for encoder in used:
        encoder.stop()
    await asyncio.to_thread(stack.wait_for_autodj)


@pytest.fixture
def desk(stack: RunningStack, encode: Encode) -> Iterator[Desk]:
    """The owner at the desk of a station whose encoders wait for the button."""
    opened = Desk(stack, stack.token("owner"))
    opened.arm()
    yield opened
    opened.arm(auto_live=True, dead_air_s=30)


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """Where the problems of pages are collected; afterwards there may be none."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def studio(stack: RunningStack) -> Iterator[Studio]:
    """The owner, in the middle of a track."""
    opened = Studio(stack)
    opened.wait_for_the_middle_of_a_track()
    yield opened
    opened.remove(*opened.uploaded)
    opened.client.close()


@pytest.fixture
async def visit(browser: Browser, stack: RunningStack, problems: list[str]) -> AsyncIterator[Visit]:
    """Open pages in browser contexts of their own; their problems fail the test."""
    contexts = []

    async def start(address: str, script: str = "", blocked: str | re.Pattern[str] = "", **options: Any) -> Page:
        context = await browser.new_context(**{"viewport": DESKTOP, **options})
        contexts.append(context)
        if script:
            await context.add_init_script(script)
        if blocked:
            await context.route(blocked, lambda route: route.abort())
            await context.route_web_socket(blocked, lambda socket: socket.close())
        page = await context.new_page()
        await watch_page(page, problems)
        await page.goto(stack.url + address if address.startswith("/") else address)
        return page

    yield start
    for context in contexts:
        await context.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
        yield started
        await started.close()


@pytest.fixture
async def sit(request: pytest.FixtureRequest, stack: RunningStack, tmp_path: Path) -> AsyncIterator[tuple[Room, Sit]]:
    """A room with so many loudspeakers as `seats` says, three by default, and browsers of its own in it, each at a loudspeaker, which have the station's page open."""
    seats = request.node.get_closest_marker("seats")
    async with AsyncExitStack() as exits:
        room = exits.enter_context(listening_room(seats.args[0] if seats else 3, tmp_path))
        playwright = await exits.enter_async_context(async_playwright())

        async def start(channel: int, script: str = ";") -> Page:
            browser = await playwright.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=BROWSER,
                ignore_default_args=["--mute-audio"],
                env=room.environment(channel),
            )
            exits.push_async_callback(browser.close)
            page = await browser.new_page(reduced_motion="reduce")
            await page.add_init_script(script)
            await page.goto(f"{stack.url}/s/awaz")
            await expect(page.get_by_test_id("play").first).to_be_enabled()
            return page

        yield room, start
