"""Layout of the listeners' page: a fixed place for everything, high contrast, reduced motion, zoom, no JavaScript."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.page_problems import watch_page
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
MAX_LAYOUT_SHIFT = 0.02
TITLES = ["Nazia - Aa", "نصرت فتح علی خان - آفرین آفرین", f"{'Long ' * 30} - {'title ' * 80}", "x - " + "W" * 400]
SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


async def opened(context: BrowserContext, url: str, problems: list[str]) -> Page:
    page = await context.new_page()
    await watch_page(page, problems)
    await page.add_init_script(SHIFTS)
    await page.goto(url, wait_until="networkidle")
    return page


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    browser: Browser, stack: RunningStack, problems: list[str], request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=request.param)
    yield await opened(context, f"{stack.url}/s/awaz", problems)
    await context.close()


async def test_no_title_moves_the_play_button(page: Page, encode: Encode, watch: Watch) -> None:
    watcher = await watch()
    encoder = encode(1010)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "live")
    play, places = page.get_by_test_id("play").first, []
    for title in TITLES:
        await asyncio.to_thread(encoder.title, title)
        await expect(page.get_by_test_id("title")).to_contain_text(title.partition(" - ")[2][:20], timeout=15_000)
        places.append(await play.bounding_box())
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert places == [places[0]] * len(TITLES)
    assert await page.evaluate("window.shift") < MAX_LAYOUT_SHIFT


async def test_title_and_play_button_are_on_the_first_screen(page: Page) -> None:
    # Less than all, since letters reach out of their line.
    await expect(page.get_by_test_id("title")).to_be_in_viewport(ratio=0.9)
    await expect(page.get_by_test_id("play").first).to_be_in_viewport(ratio=1)


async def test_the_player_stays_at_hand_when_its_panel_is_scrolled_away(page: Page) -> None:
    await page.get_by_test_id("play").first.click()
    await expect(page.get_by_test_id("player-bar")).to_have_count(0)
    await page.evaluate("document.body.style.paddingBlockEnd = '100vh'; scrollTo(0, document.body.scrollHeight)")
    await expect(page.get_by_test_id("player-bar")).to_be_in_viewport()
    await page.evaluate("scrollTo(0, 0)")
    await expect(page.get_by_test_id("player-bar")).to_have_count(0)


async def test_without_javascript_there_is_a_link_to_the_stream(browser: Browser, stack: RunningStack) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{stack.url}/s/awaz")
    link = page.get_by_role("link", name="awaz.mp3")
    await expect(link).to_be_in_viewport()
    assert await link.get_attribute("href") == stack.mount()
    await context.close()


async def test_in_high_contrast_the_progress_and_the_panel_have_borders(
    browser: Browser, stack: RunningStack, problems: list[str]
) -> None:
    context = await browser.new_context(viewport=DESKTOP, forced_colors="active")  # type: ignore[arg-type]  # a TypedDict by shape
    page = await opened(context, f"{stack.url}/s/awaz", problems)
    await expect(page.get_by_test_id("title")).not_to_be_empty()
    border = "element => getComputedStyle(element).borderTopStyle"
    for part in ("awaz-now-playing .bar", ".hero"):
        assert await page.locator(part).evaluate(border) == "solid"
    await context.close()


async def test_with_reduced_motion_nothing_runs(browser: Browser, stack: RunningStack, problems: list[str]) -> None:
    context = await browser.new_context(viewport=DESKTOP, reduced_motion="reduce")  # type: ignore[arg-type]  # as above
    page = await opened(context, f"{stack.url}/s/awaz", problems)
    await page.get_by_test_id("play").first.click()
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=15_000)
    assert (
        await page.evaluate("document.getAnimations().filter(({ playState }) => playState === 'running').length") == 0
    )
    await context.close()


async def test_at_twice_the_size_the_title_is_on_the_first_screen(
    browser: Browser, stack: RunningStack, problems: list[str]
) -> None:
    # A browser's zoom of 200 % halves the width in CSS pixels.
    context = await browser.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page = await opened(context, f"{stack.url}/s/awaz", problems)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 640
    await expect(page.get_by_test_id("title")).to_be_in_viewport(ratio=0.9)
    await expect(page.get_by_test_id("play").first).to_be_in_viewport(ratio=0.9)
    await context.close()


async def test_the_page_works_where_storage_is_denied(
    browser: Browser, stack: RunningStack, problems: list[str]
) -> None:
    context = await browser.new_context()
    await context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page = await opened(context, f"{stack.url}/s/awaz", problems)
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "connected", timeout=10_000)
    await page.get_by_test_id("play").first.click()
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=15_000)
    await context.close()


async def test_a_clock_that_is_minutes_off_does_not_change_the_progress(
    browser: Browser, stack: RunningStack, problems: list[str]
) -> None:
    context = await browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]  # as above
    await context.add_init_script("const now = Date.now; Date.now = () => now() - 7 * 60 * 1000;")
    page = await opened(context, f"{stack.url}/s/awaz", problems)
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "connected", timeout=10_000)
    # A demo track is under a minute long; without the server's time, its progress would be lost.
    await expect(page.locator("awaz-now-playing .bar")).to_be_visible()
    await context.close()
