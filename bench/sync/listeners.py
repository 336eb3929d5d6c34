"""Listeners: browsers, each at a loudspeaker of one room."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, Playwright, expect

from tests.support.room import Room
from tests.support.running_stack import RunningStack

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PLAIN = "delete window.MediaSource; delete window.ManagedMediaSource"
"""Without it, the page plays as any page with an `<audio>` element does."""
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass
class Listener:
    """A browser of its own with the station's page; `channel` is its loudspeaker."""

    browser: Browser
    page: Page
    room: Room
    channel: int

    async def press(self) -> None:
        """Press play, or pause."""
        await self.page.get_by_test_id("play").first.click()

    async def plays(self) -> None:
        """Wait until the page says that it plays."""
        await expect(self.page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=20_000)

    def cpu_s(self) -> float:
        """Return the processor time that the browser's processes have taken so far."""
        return sum(map(_ticks, self.room.processes(self.channel))) / TICKS_PER_S


def _ticks(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    # utime and stime, proc(5): fields 14 and 15, of which 3 is the first after the name.
    return int(fields[11]) + int(fields[12])


@asynccontextmanager
async def listener(
    playwright: Playwright, stack: RunningStack, room: Room, channel: int, *, plain: bool = False
) -> AsyncIterator[Listener]:
    """Open the station's page, with nothing that moves in it: pictures cost more than the sound."""
    browser = await playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=ARGUMENTS,
        ignore_default_args=["--mute-audio"],
        env=room.environment(channel),
    )
    try:
        page = await browser.new_page(reduced_motion="reduce")
        if plain:
            await page.add_init_script(PLAIN)
        await page.goto(f"{stack.url}/s/awaz")
        await expect(page.get_by_test_id("play").first).to_be_enabled()
        await page.wait_for_load_state("networkidle")
        yield Listener(browser, page, room, channel)
    finally:
        await browser.close()


async def settle(seconds: float) -> float:
    """Let time pass; return how much did."""
    began = time.monotonic()
    await asyncio.sleep(seconds)
    return time.monotonic() - began
