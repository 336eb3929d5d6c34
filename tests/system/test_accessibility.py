"""Pages as people use them who see, hear or point in other ways: contrast, motion, size, keyboard, screen reader."""

import pytest
from playwright.async_api import Page, expect

from tests.support.accessibility import COLOURS, violations
from tests.support.pages import PHONE, WIDTH, ZOOMED, Visit, play, sign_in, sign_in_by_fields
from tests.support.running_stack import RunningStack
from tests.support.types import Encode

BORDER = "element => getComputedStyle(element).borderTopStyle"
DOT = "element => getComputedStyle(element, '::before').backgroundColor"
# `document.getAnimations()` leaves out what is in shadow roots.
RUNNING = """() => {
  const under = (root) => [...root.querySelectorAll("*")].flatMap((element) => [
    ...element.getAnimations({ subtree: true }), ...(element.shadowRoot ? under(element.shadowRoot) : [])]);
  return under(document).filter(({ playState }) => playState === "running").length;
}"""
FOCUSED = """() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused?.dataset.testid ?? "";
}"""
MAX_STOPS = 40


async def reach(page: Page, test_id: str) -> None:
    """Press Tab until something has the focus."""
    stops = [await page.evaluate(FOCUSED)]
    while stops[-1] != test_id and len(stops) < MAX_STOPS:
        await page.keyboard.press("Tab")
        stops.append(await page.evaluate(FOCUSED))
    assert stops[-1] == test_id, stops


@pytest.mark.parametrize(
    "path", ["/", "/s/awaz", "/s/nowhere", "/studio", "/nowhere", "/docs", "/docs/events", "/docs/http"]
)
async def test_pages_have_no_accessibility_violations(visit: Visit, path: str) -> None:
    page = await visit(path)
    await page.wait_for_load_state("networkidle")
    # The parts of a reference are alike, and all of them take a minute.
    await page.locator(".events .card:nth-of-type(n + 16)").evaluate_all(
        "parts => parts.forEach((part) => part.remove())"
    )
    await page.emulate_media(color_scheme="light")
    assert await violations(page) == []
    await page.emulate_media(color_scheme="dark")
    assert await violations(page, COLOURS) == []


async def test_a_live_station_that_is_played_has_no_accessibility_violations(visit: Visit, encode: Encode) -> None:
    page = await visit("/s/awaz", viewport=PHONE)
    encode(1010)
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "live", timeout=10_000)
    await play(page)
    await page.evaluate("document.body.style.paddingBlockEnd = '100vh'; scrollTo(0, document.body.scrollHeight)")
    await expect(page.get_by_test_id("player-bar")).to_be_visible()
    assert await violations(page) == []


@pytest.mark.parametrize(
    ("options", "language"), [({"color_scheme": "dark"}, "en"), ({"locale": "ur-PK", "viewport": PHONE}, "ur")]
)
async def test_the_studio_is_accessible_in_the_dark_and_in_urdu(
    visit: Visit, stack: RunningStack, options: dict[str, object], language: str
) -> None:
    page = await visit("/studio/awaz/air", **options)
    await sign_in_by_fields(page, stack.demo["owner"])
    await expect(page.get_by_test_id("title")).to_be_visible(timeout=10_000)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    assert await violations(page) == []
    assert await page.evaluate(f"{WIDTH} <= innerWidth")


async def test_in_high_contrast_what_backgrounds_show_is_still_seen(visit: Visit) -> None:
    page = await visit("/s/awaz", forced_colors="active")
    await expect(page.get_by_test_id("title")).not_to_be_empty()
    for part in ("awaz-now-playing .bar", ".hero"):
        assert await page.locator(part).evaluate(BORDER) == "solid"
    assert await page.get_by_test_id("badge").evaluate(DOT) != "rgba(0, 0, 0, 0)"


async def test_with_reduced_motion_nothing_runs(visit: Visit) -> None:
    page = await visit("/s/awaz", reduced_motion="reduce")
    await play(page)
    assert await page.evaluate(RUNNING) == 0
    await page.emulate_media(reduced_motion="no-preference")
    assert await page.evaluate(RUNNING) > 0


@pytest.mark.parametrize("section", ["air", "queue", "library", "people", "keys", "bans", "settings", "activity"])
async def test_at_twice_the_size_the_studio_fits(visit: Visit, stack: RunningStack, section: str) -> None:
    page = await visit(f"/studio/awaz/{section}", viewport=ZOOMED, device_scale_factor=2)
    await sign_in(page, stack.demo["owner"])
    await expect(page.get_by_test_id(f"section-{section}")).to_have_attribute("aria-current", "page")
    assert await page.evaluate(f"{WIDTH} <= innerWidth")


async def test_a_station_is_played_and_left_by_keyboard_alone(visit: Visit) -> None:
    page = await visit("/s/awaz")
    await expect(page.get_by_test_id("title")).not_to_be_empty()
    await reach(page, "play")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=15_000)
    await page.keyboard.press("Space")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "stopped")
    await reach(page, "qr")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("qr-dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("qr-dialog")).to_be_hidden()
    assert await page.evaluate(FOCUSED) == "qr"


async def test_the_studio_is_used_by_keyboard_alone(visit: Visit, stack: RunningStack) -> None:
    page = await visit("/studio")
    await page.keyboard.press("Tab")
    await sign_in(page, stack.demo["owner"])
    await reach(page, "section-people")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("members")).to_be_visible()
    await reach(page, "account")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("account-dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("account-dialog")).to_be_hidden()
