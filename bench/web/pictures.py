"""Takes the README's pictures of a running stack: `make pictures`."""

import asyncio
import io
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support import loopback
from tests.support.encoder import Encoder
from tests.support.paths import PROJECT
from tests.support.running_stack import RunningStack

IMAGES = PROJECT / "docs" / "images"
DESKTOP, PHONE = {"width": 1180, "height": 760}, {"width": 390, "height": 780}
COLOURS = 128
STATIONS = {"jazz": "Jazz after dark", "subah": "Subh-e-Nau", "lahore": "Lahore Talk"}
TITLE = {"title": "آفرین آفرین", "artist": "نصرت فتح علی خان", "show": "Evening Ghazals"}


async def main() -> None:
    """Start a stack with four stations, one of them live, and take the pictures."""
    stack = await asyncio.to_thread(RunningStack.start)
    try:
        for slug, name in STATIONS.items():
            await asyncio.to_thread(stack.awaz, "station", "add", slug, "--name", name)
        encoder = await asyncio.to_thread(Encoder.start, stack)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            await _go_live(browser, stack)
            await _take(browser, stack, "listener", "/s/awaz", DESKTOP)
            await _take(browser, stack, "phone", "/s/awaz", PHONE)
            await _take(browser, stack, "urdu", "/s/awaz", PHONE, locale="ur-PK")
            await _take(browser, stack, "studio", "/studio/awaz", DESKTOP, sign_in=True)
            await browser.close()
        encoder.stop()
    finally:
        await asyncio.to_thread(stack.stop)


async def _go_live(browser: Browser, stack: RunningStack) -> None:
    page = await browser.new_page()
    await page.goto(f"{stack.url}/s/awaz")
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "live", timeout=15_000)
    token = await asyncio.to_thread(stack.token)
    async with loopback.AsyncClient(headers=loopback.bearer(token)) as http:
        (await http.post(f"{stack.url}/api/v1/stations/awaz/metadata", json=TITLE)).raise_for_status()
    await expect(page.get_by_test_id("title")).to_have_text(TITLE["title"], timeout=15_000)
    await page.close()


async def _take(
    browser: Browser,
    stack: RunningStack,
    name: str,
    path: str,
    viewport: Any,  # noqa: ANN401 - a TypedDict of Playwright's by shape
    *,
    sign_in: bool = False,
    **options: Any,  # noqa: ANN401 - Playwright's
) -> None:
    context = await browser.new_context(viewport=viewport, device_scale_factor=2, **options)
    page = await context.new_page()
    await page.goto(stack.url + path, wait_until="networkidle")
    if sign_in:
        await _sign_in(page, stack.demo["owner"])
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(1500)  # until the last tracks of the demo stations are shown
    _save(await page.screenshot(), IMAGES / f"{name}.png")
    await context.close()


async def _sign_in(page: Page, person: dict[str, str]) -> None:
    await page.get_by_label("Username").fill(person["login"])
    await page.get_by_label("Password").fill(person["password"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("station")).to_be_visible()


def _save(screenshot: bytes, file: Path) -> None:
    Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(COLOURS).save(file, optimize=True)


asyncio.run(main())
