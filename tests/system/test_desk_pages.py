"""The desk in the studio: from signing in to being on air, and from one host to the next."""

import asyncio
import time
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.accessibility import violations
from tests.support.desk import Desk
from tests.support.pages import PHONE, WIDTH, Visit, sign_in_by_fields
from tests.support.running_stack import RunningStack
from tests.support.types import Encode

URDU: dict[str, Any] = {"locale": "ur-PK", "viewport": PHONE, "has_touch": True}


async def new_key(page: Page) -> str:
    """Create a stream key on the page, and return it."""
    await page.get_by_test_id("encoder-create-key").click()
    await expect(page.get_by_test_id("encoder-key")).to_be_visible()
    await page.get_by_test_id("encoder-software").select_option("obs")
    urls: list[str] = await page.locator("awaz-copyable").evaluate_all("rows => rows.map(row => row.value)")
    [url, _] = [url for url in urls if url.startswith("icecast://")]
    return url.removeprefix("icecast://source:").partition("@")[0]


@pytest.mark.parametrize(("options", "language"), [({}, "en"), (URDU, "ur")])
async def test_a_host_is_on_air_within_a_minute_of_signing_in(
    visit: Visit, stack: RunningStack, desk: Desk, encode: Encode, options: dict[str, Any], language: str
) -> None:
    listener = await visit("/s/awaz")
    page = await visit("/studio/awaz/air", **options)
    began = time.monotonic()
    await sign_in_by_fields(page, stack.demo["owner"])
    await expect(page.locator("html")).to_have_attribute("lang", language)
    encode(1010, key=await new_key(page))
    state = page.get_by_test_id("source-state")
    await expect(state).to_have_attribute("data-state", "preview", timeout=15_000)
    await expect(page.locator("dd[data-row=silence]")).to_have_attribute("data-state", "ok")
    await page.locator("awaz-desk input[name=title]").fill("شامِ غزل")
    await page.get_by_test_id("go-live").click()
    await expect(page.get_by_test_id("desk-bar")).to_have_attribute("data-live", "")
    await expect(listener.get_by_test_id("title")).to_have_text("شامِ غزل")
    assert time.monotonic() - began < 60
    assert await violations(page) == []
    assert await page.evaluate(f"{WIDTH} <= innerWidth")
    await page.get_by_test_id("stop").click()
    await expect(page.get_by_test_id("undo")).to_be_visible()
    await expect(state).to_have_attribute("data-state", "preview")


async def test_the_next_host_takes_over_on_a_page_of_their_own(
    visit: Visit, stack: RunningStack, desk: Desk, encode: Encode
) -> None:
    first, second = await visit("/studio/awaz/air"), await visit("/studio/awaz/air", **URDU)
    await sign_in_by_fields(first, stack.demo["owner"])
    await sign_in_by_fields(second, stack.demo["admin"])
    encode(1010)
    await first.get_by_test_id("go-live").click()
    encode(1250, key=await asyncio.to_thread(stack.new_key, "admin"), slot="b")
    waiting = second.locator("[data-testid=source][data-source=b]")
    await waiting.get_by_test_id("preview").click()
    player = waiting.get_by_test_id("preview-player")
    await expect(player).to_be_visible()
    await player.evaluate("audio => new Promise(done => audio.addEventListener('timeupdate', done))")
    await waiting.get_by_test_id("go-live").click()
    for page in (first, second):
        on_air = page.locator("[data-testid=source][data-source=b] [data-testid=source-state]")
        await expect(on_air).to_have_attribute("data-state", "on_air")
    await expect(first.locator("[data-source=a] [data-testid=source-state]")).to_have_attribute("data-state", "preview")
