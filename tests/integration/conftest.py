"""One running stack for all integration tests, and the instruments on it, put away after each test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack

import pytest
from playwright.async_api import Browser, async_playwright

from tests.instruments.ear import Ear, IcyPlayer
from tests.instruments.encoder import Encoder
from tests.instruments.house import House
from tests.instruments.watcher import Watcher

BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BROWSER += ["--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]
LAST = "test_secrets.py"
"""Looks at what all the others have left in the logs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what looks back at everything at the end."""
    items.sort(key=lambda item: item.path.name == LAST)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """A stack with short graces, so that the tests need not wait as long as people may."""
    running = House.start(AWAZ__ONAIR__GRACE_S="4")
    yield running
    running.stop()


@pytest.fixture
def put_away() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def listen(house: House, put_away: ExitStack) -> Callable[..., Ear]:
    def start(slug: str = "awaz") -> Ear:
        ear = Ear.open(house.mount(slug))
        put_away.callback(ear.close)
        ear.wait_for_sound()
        return ear

    return start


@pytest.fixture
def icy(house: House, put_away: ExitStack) -> Callable[..., IcyPlayer]:
    def start(slug: str = "awaz") -> IcyPlayer:
        player = IcyPlayer.open(house.mount(slug))
        put_away.callback(player.close)
        return player

    return start


@pytest.fixture
async def watch(house: House) -> AsyncIterator[Callable[..., Awaitable[Watcher]]]:
    async with AsyncExitStack() as stack:

        async def start(**options: str | None) -> Watcher:
            watcher = await Watcher.open(house.url, **options)
            stack.push_async_callback(watcher.close)
            return watcher

        yield start


@pytest.fixture
async def encode(
    house: House, put_away: ExitStack, watch: Callable[..., Awaitable[Watcher]]
) -> AsyncIterator[Callable[..., Encoder]]:
    """Start encoders; afterwards the station is back on AutoDJ, so that the next test finds it so."""
    used: list[Encoder] = []

    def start(hertz: int = 1010, **options: str) -> Encoder:
        encoder = Encoder.start(house, hertz, **options)
        used.append(encoder)
        put_away.callback(encoder.stop)
        return encoder

    yield start
    for encoder in used:
        encoder.stop()
    await asyncio.to_thread(house.until_autodj)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
        yield started
        await started.close()
