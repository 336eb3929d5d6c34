"""A station on another site: in a frame that needs nothing, and as elements that its server lets in."""

from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from playwright.async_api import expect

from tests.support.accessibility import violations
from tests.support.pages import Visit
from tests.support.paths import PROJECT
from tests.support.running_stack import RunningStack

EXAMPLE = PROJECT / "ui" / "examples" / "elements.html"
WIDE = {"width": 900, "height": 1000}

DESKTOP_WITH_CHAT = {"width": 1400, "height": 900}
ShowFriends = Callable[[str], str]


@pytest.fixture
async def friends(stack: RunningStack) -> AsyncIterator[ShowFriends]:
    """A site of another origin, which the station's server lets in; returns the address of a page there."""
    origin = stack.environment["AWAZ__HTTP__ORIGINS"]
    shown = {"body": ""}

    async def answer(_request: web.Request) -> web.Response:
        html = (
            f'<!doctype html><html lang="en"><title>Friends</title><body><main><h1>Friends</h1>{shown["body"]}</main>'
        )
        return web.Response(text=html, content_type="text/html")

    def show(body: str) -> str:
        shown["body"] = body
        return origin

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "localhost", urlsplit(origin).port).start()
    yield show
    await runner.cleanup()


async def test_a_frame_has_the_player_and_the_chat(visit: Visit, stack: RunningStack, friends: ShowFriends) -> None:
    source = f"{stack.url}/embed/awaz?size=tall"
    address = friends(f'<iframe title="Awaz" width="420" height="900" allow="autoplay" src="{source}"></iframe>')
    page, own = await visit(address, viewport=WIDE), await visit("/s/awaz", viewport=DESKTOP_WITH_CHAT)
    frame = page.frame_locator("iframe")
    await frame.get_by_role("button", name="Play").click()
    await expect(frame.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=15_000)
    await frame.get_by_test_id("composer").fill("hello from a friend")
    await frame.get_by_test_id("composer").press("Enter")
    await frame.get_by_test_id("chat-name").fill("Friend")
    await frame.get_by_test_id("chat-name-save").click()
    await expect(own.get_by_test_id("message").filter(has_text="hello from a friend")).to_be_visible(timeout=15_000)
    refused = await page.request.get(f"{stack.url}/s/awaz")
    assert "frame-ancestors 'self'" in refused.headers["content-security-policy"]


async def test_elements_have_the_player_the_heart_and_the_chat_of_a_station(
    visit: Visit, stack: RunningStack, friends: ShowFriends
) -> None:
    address = friends(EXAMPLE.read_text(encoding="utf-8").replace("https://radio.example", stack.url))
    page, own = await visit(address, viewport=WIDE), await visit("/s/awaz", viewport=DESKTOP_WITH_CHAT)
    await own.get_by_test_id("composer").fill("a message of the page")
    await own.get_by_test_id("composer").press("Enter")
    await own.get_by_test_id("chat-name").fill("Nadia")
    await own.get_by_test_id("chat-name-save").click()
    await expect(page.get_by_test_id("message").filter(has_text="a message of the page")).to_be_visible(timeout=15_000)
    await page.get_by_test_id("play").click()
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "playing", timeout=15_000)
    await expect(page.get_by_test_id("sync")).to_have_attribute("data-sync", "synced", timeout=15_000)
    await page.get_by_test_id("like").click()
    await expect(page.get_by_test_id("like")).to_have_attribute("aria-pressed", "true")
    await page.get_by_test_id("composer").fill("and one of the friends")
    await page.get_by_test_id("composer").press("Enter")
    await page.get_by_test_id("chat-name").fill("Another friend")
    await page.get_by_test_id("chat-name-save").click()
    await expect(own.get_by_test_id("message").filter(has_text="and one of the friends")).to_be_visible(timeout=15_000)
    assert await violations(page) == []
