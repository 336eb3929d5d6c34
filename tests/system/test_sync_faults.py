"""A page that plays in sync while something behind it ends, hangs or changes."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from tests.support.pages import Visit, play
from tests.support.running_stack import RunningStack
from tests.support.waiting import wait_until
from tests.system.test_sync import anchors

SYNCED_WITHIN_MS = 60_000
MEASURED_WITHIN_S = 90
HANGS_S = 12.0
PLAYED = "document.querySelector('awaz-player').playback.audio.currentTime"
STALLS = "document.querySelector('awaz-player').playback.stalls"

Fault = Callable[[RunningStack], object]


def kill_icecast(stack: RunningStack) -> None:
    stack.kill("icecast")


def kill_pipeline(stack: RunningStack) -> None:
    os.kill(stack.liquidsoap_pid(), signal.SIGKILL)


def change_bitrate(stack: RunningStack) -> None:
    stack.awaz("station", "set", "awaz", "--bitrate", "96")


def measurements(stack: RunningStack) -> int:
    """Return how often the daemon has found what the pipeline makes in what it hears of the mount."""
    return stack.log("daemon").count("pipeline_aligned")


async def in_sync(page: Page) -> None:
    await expect(page.get_by_test_id("sync")).to_have_attribute("data-sync", "synced", timeout=SYNCED_WITHIN_MS)


@pytest.fixture
async def listener(stack: RunningStack, visit: Visit) -> Page:
    """A page that plays in sync."""
    await anchors(stack)
    page = await visit("/s/awaz", reduced_motion="reduce")
    await play(page)
    await in_sync(page)
    return page


@pytest.mark.parametrize("fault", [kill_icecast, kill_pipeline, change_bitrate])
async def test_a_page_is_in_sync_with_what_follows_a_fault(stack: RunningStack, listener: Page, fault: Fault) -> None:
    before = measurements(stack)
    await asyncio.to_thread(fault, stack)
    await asyncio.to_thread(wait_until, lambda: measurements(stack) > before, MEASURED_WITHIN_S)
    await in_sync(listener)


async def test_a_page_plays_on_while_the_daemon_hangs(stack: RunningStack, listener: Page) -> None:
    before, stalls = await listener.evaluate(PLAYED), await listener.evaluate(STALLS)
    daemon = stack.pid("daemon")
    os.kill(daemon, signal.SIGSTOP)
    try:
        async with asyncio.timeout(2 * HANGS_S):
            while await listener.evaluate(PLAYED) < before + HANGS_S:
                await asyncio.sleep(0.2)
    finally:
        os.kill(daemon, signal.SIGCONT)
    assert await listener.evaluate(STALLS) == stalls
    await in_sync(listener)
