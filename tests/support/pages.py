"""Pages of the running stack in Chromium: the sizes that they are looked at in, and signing in."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, ViewportSize, expect

DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)
ZOOMED = ViewportSize(width=640, height=400)
"""A browser's zoom of 200 % halves the width and height in CSS pixels."""
WIDTH = "document.documentElement.scrollWidth"
ORDINARY_PLAYER = "delete window.MediaSource; delete window.ManagedMediaSource"
"""For a page before it loads: without them, it plays a stream as any player does."""
LANGUAGE = "[document.documentElement.lang, document.documentElement.dir]"

Visit = Callable[..., Awaitable[Page]]
"""Opens an address; options are those of a browser context, with `script` run first and requests like `blocked` cut."""


async def sign_in(page: Page, user: dict[str, str]) -> None:
    """Sign a user of `demo.json` in."""
    await page.get_by_label("Username").fill(user["login"])
    await page.get_by_label("Password").fill(user["password"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("account")).to_be_visible(timeout=10_000)


async def sign_in_by_fields(page: Page, user: dict[str, str]) -> None:
    """Sign a user of `demo.json` in, in whichever language."""
    for name in ("login", "password"):
        await page.locator(f"input[name={name}]").fill(user[name])
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("account")).to_be_visible(timeout=10_000)


async def play(page: Page) -> None:
    """Press play, and wait for the sound."""
    await page.get_by_test_id("play").first.click()
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=15_000)


async def connected(page: Page) -> None:
    """Wait for the socket."""
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "connected", timeout=10_000)
