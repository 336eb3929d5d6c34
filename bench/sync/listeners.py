"""Listeners: browsers, each at a loudspeaker of one room."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playwright.async_api import Page, Playwright, expect

from tests.support.firefox import Firefox, firefox
from tests.support.room import Room
from tests.support.running_stack import RunningStack

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
BUTTON = "document.querySelector('awaz-player').shadowRoot.querySelector('[data-testid=play]')"
STATE = "document.querySelector('awaz-player').shadowRoot.querySelector('[data-testid=player]').dataset.state"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Listener(Protocol):
    """A browser of its own with the station's page."""

    async def press(self) -> None:
        """Press play, or pause."""

    async def plays(self) -> None:
        """Wait until the page says that it plays."""


@dataclass
class ChromiumListener:
    """A listener with Chromium."""

    page: Page

    async def press(self) -> None:
        """Press play, or pause."""
        await self.page.get_by_test_id("play").first.click()

    async def plays(self) -> None:
        """Wait until the page says that it plays."""
        await expect(self.page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=20_000)


@dataclass
class FirefoxListener:
    """A listener with Firefox."""

    browser: Firefox

    async def press(self) -> None:
        """Press play, or pause."""
        await self.browser.click(BUTTON)

    async def plays(self) -> None:
        """Wait until the page says that it plays."""
        await self.browser.until(f"{STATE} === 'playing'", 20.0)


@dataclass(frozen=True)
class Seat:
    """Where and how somebody listens: a loudspeaker, a browser, and what is different of it.

    `script` runs in Chromium before the page does, and `line` is the port at which it finds Icecast.
    """

    channel: int
    with_firefox: bool = False
    script: str = ""
    line: int | None = None


@asynccontextmanager
async def listener(playwright: Playwright, stack: RunningStack, room: Room, seat: Seat) -> AsyncIterator[Listener]:
    """Open the station's page, with nothing that moves in it: pictures cost more than the sound."""
    if seat.with_firefox:
        profile = room.socket.parent / f"firefox-{seat.channel}"
        profile.mkdir()
        async with firefox(profile, room.environment(seat.channel)) as browser:
            await browser.goto(f"{stack.url}/s/awaz")
            await browser.until(f"{BUTTON}?.disabled === false")
            yield FirefoxListener(browser)
        return
    rules = f"--host-resolver-rules=MAP 127.0.0.1:{stack.icecast_port} 127.0.0.1:{seat.line}"
    chromium = await playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[*ARGUMENTS, *([rules] if seat.line is not None else [])],
        ignore_default_args=["--mute-audio"],
        env=room.environment(seat.channel),
    )
    try:
        page = await chromium.new_page(reduced_motion="reduce")
        await page.add_init_script(seat.script or ";")
        await page.goto(f"{stack.url}/s/awaz")
        await expect(page.get_by_test_id("play").first).to_be_enabled()
        await page.wait_for_load_state("networkidle")
        yield ChromiumListener(page)
    finally:
        await chromium.close()


def cpu_s(room: Room, channel: int) -> float:
    """Return the processor time that the processes of a browser have taken so far."""
    return sum(map(_ticks, room.processes(channel))) / TICKS_PER_S


def _ticks(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    # utime and stime, proc(5): fields 14 and 15, of which 3 is the first after the name.
    return int(fields[11]) + int(fields[12])


async def settle(seconds: float) -> float:
    """Let time pass; return how much did."""
    began = time.monotonic()
    await asyncio.sleep(seconds)
    return time.monotonic() - began
