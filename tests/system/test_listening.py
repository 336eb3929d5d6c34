"""The listeners' page beside the sound that it plays, which Web Audio decodes in the page."""

import asyncio
from contextlib import ExitStack

import pytest
from playwright.async_api import Page, expect

from tests.support import loopback
from tests.support.ear import EAR, heard_since
from tests.support.pages import Visit, play
from tests.support.players import IcyPlayer
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch

IN_STEP_WITHIN_MS = 4000
"""A bound for busy machines, on which sound itself stalls; half a second is what the benchmark measures."""


@pytest.fixture
async def page(visit: Visit) -> Page:
    return await visit("/s/awaz", script=EAR)


async def test_a_page_that_plays_shows_live_when_the_host_is_heard(page: Page, visit: Visit, encode: Encode) -> None:
    silent = await visit("/s/awaz")
    await play(page)
    await page.evaluate("listenFor(1010)")
    encode(1010)
    live = '[data-testid="badge"][data-state="live"]'
    await silent.locator(live).wait_for(timeout=10_000)
    # A page that does not play shows it at once, seconds before the sound arrives.
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "autodj")
    await page.locator(live).wait_for(timeout=30_000)
    assert abs(await heard_since(page)) < IN_STEP_WITHIN_MS


async def test_web_players_get_aac_and_others_mp3(page: Page, stack: RunningStack) -> None:
    async with page.expect_request("**/awaz.aac?*"):
        await play(page)
    playlist = loopback.get(f"{stack.url}/s/awaz.m3u")
    assert playlist.text.strip().endswith("/awaz.mp3")
    await expect(page.get_by_test_id("listeners")).to_contain_text("1", timeout=10_000)


async def test_players_of_the_aac_mount_are_sent_titles_too(
    stack: RunningStack, watch: Watch, encode: Encode, cleanup: ExitStack
) -> None:
    watcher = await watch()
    player = IcyPlayer.open(stack.mount(audio="aac"))
    cleanup.callback(player.close)
    encoder = encode(1010)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await asyncio.to_thread(encoder.title, "نصرت فتح علی خان - آفرین آفرین")
    await asyncio.to_thread(player.wait_for, "نصرت فتح علی خان - آفرین آفرین", 20.0)


async def test_a_chosen_format_is_played_at_once(page: Page) -> None:
    await page.get_by_test_id("play").click()
    async with page.expect_request("**/awaz.mp3?*"):
        await page.get_by_test_id("format").select_option("mp3")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=15_000)


async def test_a_page_plays_on_by_itself_when_icecast_is_back(page: Page, stack: RunningStack) -> None:
    await play(page)
    stack.control("stop", "icecast")
    await expect(page.get_by_test_id("player")).not_to_have_attribute("data-state", "playing", timeout=30_000)
    stack.control("start", "icecast")
    await asyncio.to_thread(stack.wait_until_ready)
    # As when the network is back: by itself the page tries again after half a minute at the worst.
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=30_000)
