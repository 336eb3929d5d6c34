"""Layout of the listeners' page: a fixed place for everything, on every screen, and nothing that shifts."""

import asyncio

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.support.pages import DESKTOP, PHONE, WIDTH, ZOOMED, Visit, connected, play
from tests.support.types import Encode, Watch

MAX_LAYOUT_SHIFT = 0.02
TITLES = [
    "Nazia - Aa",
    "نصرت فتح علی خان - آفرین آفرین",
    f"{'Long ' * 30} - {'title ' * 80}",
    "x - " + "W" * 400,
    f"y - {'two thousand ' * 180}",
    "z - \N{RIGHT-TO-LEFT OVERRIDE}overridden",
]
SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""
FILL = "([region, text]) => document.querySelector(region).append(text)"
NAME_FROM_EDGE = """(({ right }, line) => line.getBoundingClientRect().right - right)(
  document.querySelector("[data-testid=station]").getBoundingClientRect(), document.querySelector(".hero h1"))"""
NO_STORAGE = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
"""
SLOW_CLOCK = "const now = Date.now; Date.now = () => now() - 7 * 60 * 1000;"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(visit: Visit, request: pytest.FixtureRequest) -> Page:
    opened = await visit("/s/awaz", script=SHIFTS, viewport=request.param)
    await opened.wait_for_load_state("networkidle")
    return opened


async def test_no_title_moves_the_play_button(page: Page, encode: Encode, watch: Watch) -> None:
    watcher = await watch()
    encoder = encode(1010)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "live")
    await page.evaluate("window.shift = 0")
    button, places, shifts = page.get_by_test_id("play").first, [], []
    for title in TITLES:
        await asyncio.to_thread(encoder.title, title)
        shown = title.partition(" - ")[2].removeprefix("\N{RIGHT-TO-LEFT OVERRIDE}")[:20]
        await expect(page.get_by_test_id("title")).to_contain_text(shown, timeout=15_000)
        places.append(await button.bounding_box())
        # Each title by itself, as browsers score shifts: those of a second or more apart do not add up.
        shifts.append(await page.evaluate("[window.shift, (window.shift = 0)][0]"))
        assert await page.evaluate(f"{WIDTH} <= innerWidth")
    assert places == [places[0]] * len(TITLES)
    assert max(shifts) < MAX_LAYOUT_SHIFT


@pytest.mark.parametrize(("path", "viewport"), [("/", PHONE), ("/s/awaz", PHONE), ("/s/awaz", DESKTOP)])
@pytest.mark.parametrize("language", ["en-GB", "ur-PK"])
async def test_nothing_shifts_while_a_page_opens(
    visit: Visit, path: str, viewport: ViewportSize, language: str
) -> None:
    page = await visit(path, script=SHIFTS, viewport=viewport, locale=language)
    await connected(page)
    await page.wait_for_load_state("networkidle")
    assert await page.evaluate("window.shift") < MAX_LAYOUT_SHIFT


async def test_an_english_name_on_an_urdu_page_begins_where_urdu_does(visit: Visit) -> None:
    page = await visit("/s/awaz", viewport=PHONE, locale="ur-PK")
    await expect(page.get_by_test_id("station")).to_have_text("Awaz")
    assert await page.evaluate(NAME_FROM_EDGE) == pytest.approx(0, abs=1)


async def test_title_and_play_button_are_on_the_first_screen(page: Page) -> None:
    # Less than all, since letters reach out of their line.
    await expect(page.get_by_test_id("title")).to_be_in_viewport(ratio=0.9)
    await expect(page.get_by_test_id("play").first).to_be_in_viewport(ratio=1)


async def test_at_twice_the_size_the_title_is_on_the_first_screen(visit: Visit) -> None:
    page = await visit("/s/awaz", viewport=ZOOMED, device_scale_factor=2)
    assert await page.evaluate(WIDTH) <= ZOOMED["width"]
    await expect(page.get_by_test_id("title")).to_be_in_viewport(ratio=0.9)
    await expect(page.get_by_test_id("play").first).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize(("viewport", "is_beside"), [(DESKTOP, True), (PHONE, False)], ids=["desktop", "phone"])
async def test_the_chat_is_beside_the_panel_or_below_it_and_the_schedule_has_a_place(
    visit: Visit, viewport: ViewportSize, is_beside: bool
) -> None:
    page = await visit("/s/awaz", viewport=viewport)
    hero, chat, schedule = page.locator(".hero"), page.locator("awaz-chat"), page.locator(".schedule")
    await expect(page.get_by_test_id("chat" if is_beside else "chat-open")).to_be_visible()
    await expect(schedule).to_be_hidden()
    await page.evaluate(FILL, [".schedule", "W" * 300])
    panel, beside, below = [await each.bounding_box() for each in (hero, chat, schedule)]
    assert panel is not None
    assert beside is not None
    assert below is not None
    assert (beside["x"] >= panel["x"] + panel["width"]) is is_beside
    assert (beside["y"] >= panel["y"] + panel["height"]) is not is_beside
    assert below["y"] >= panel["y"] + panel["height"]
    assert await page.evaluate(f"{WIDTH} <= innerWidth")


async def test_the_player_stays_at_hand_when_its_panel_is_scrolled_away(page: Page) -> None:
    await page.get_by_test_id("play").first.click()
    await expect(page.get_by_test_id("player-bar")).to_have_count(0)
    await page.evaluate("document.body.style.paddingBlockEnd = '100vh'; scrollTo(0, document.body.scrollHeight)")
    await expect(page.get_by_test_id("player-bar")).to_be_in_viewport()
    await page.evaluate("scrollTo(0, 0)")
    await expect(page.get_by_test_id("player-bar")).to_have_count(0)


async def test_the_page_works_where_storage_is_denied(visit: Visit) -> None:
    page = await visit("/s/awaz", script=NO_STORAGE)
    await connected(page)
    await play(page)


async def test_a_clock_that_is_minutes_off_does_not_change_the_progress(visit: Visit) -> None:
    page = await visit("/s/awaz", script=SLOW_CLOCK)
    await connected(page)
    # A demo track is under a minute long; without the server's time, its progress would be lost.
    await expect(page.locator("awaz-now-playing .bar")).to_be_visible()
